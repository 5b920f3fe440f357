"""MRT-OAST's data are unpacked from an archive in parts, completely or not at all."""

import io
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

ADAPTER = Path(__file__).resolve().parents[2] / "scripts" / "adapters" / "MRT-OAST"


def split(content, size):
    """The archive `content` after splitting: slices, and a directory with offsets from the start of a slice."""
    content = bytearray(content)
    end = content.rfind(b"PK\x05\x06")

    def put(place, value, length):
        content[place:place + length] = value.to_bytes(length, "little")

    def at(place, length):
        return int.from_bytes(content[place:place + length], "little")

    entry = directory = at(end + 16, 4)
    for _ in range(at(end + 10, 2)):
        offset = at(entry + 42, 4)
        put(entry + 34, offset // size, 2)
        put(entry + 42, offset % size, 4)
        entry += 46 + at(entry + 28, 2) + at(entry + 30, 2) + at(entry + 32, 2)
    put(end + 4, end // size, 2)
    put(end + 6, directory // size, 2)
    put(end + 16, directory % size, 4)
    return [bytes(content[start:start + size]) for start in range(0, len(content), size)]


class Unpacking(unittest.TestCase):
    NAMES = ("OJClone_with_AST+OAST.csv", "OJClone_OAST_dictionary.txt", "OJClone_train.csv", "OJClone_valid.csv",
             "OJClone_test.csv")

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.clone = Path(self.folder.name).resolve()

    def put_archive(self, inside=""):
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("elsewhere/notes.txt", "not wanted")
            for name in self.NAMES:
                archive.writestr(inside + name, os.urandom(300).hex() + name)
        size = len(memory.getvalue()) // 3 + 1
        parts = split(memory.getvalue(), size)
        for part, content in zip(("origindata.z01", "origindata.z02", "origindata.zip"), parts, strict=True):
            (self.clone / part).write_bytes(content)

    def unpack(self):
        return subprocess.run([sys.executable, "-B", ADAPTER / "unpack_data.py", self.clone], capture_output=True,
                              text=True, check=False)

    def test_the_files_are_found_anywhere_in_the_archive(self):
        for inside in ("", "origindata/", "a/b/"):
            with self.subTest(inside=inside):
                self.put_archive(inside)
                self.assertEqual(self.unpack().returncode, 0)
                data = self.clone / "origindata"
                self.assertEqual(sorted(path.name for path in data.iterdir()), sorted(self.NAMES))
                for name in self.NAMES:
                    self.assertTrue((data / name).read_text().endswith(name))
                    (data / name).unlink()

    def test_a_second_run_changes_nothing(self):
        self.put_archive()
        self.unpack()
        (self.clone / "origindata" / "OJClone_test.csv").write_text("mine")
        self.assertEqual(self.unpack().returncode, 0)
        self.assertEqual((self.clone / "origindata" / "OJClone_test.csv").read_text(), "mine")

    def test_damaged_parts_are_refused_and_leave_no_files(self):
        self.put_archive()
        (self.clone / "origindata.z01").write_bytes((self.clone / "origindata.z02").read_bytes())
        done = self.unpack()
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("cannot be read", done.stderr)
        self.assertFalse((self.clone / "origindata").exists())
        self.assertEqual(list(self.clone.glob(".unpack*")), [])

    def test_a_missing_part_is_named_with_the_remedy(self):
        self.put_archive()
        (self.clone / "origindata.z02").unlink()
        done = self.unpack()
        self.assertEqual(done.returncode, 3)
        self.assertIn("checkout -- origindata.z02", done.stderr)

    def test_made_up_data_are_not_mixed_with_real_ones(self):
        self.put_archive()
        subprocess.run([sys.executable, "-B", ADAPTER / "smoke.py", "--into", self.clone], check=True,
                       capture_output=True)
        self.assertEqual(self.unpack().returncode, 3)

    def test_made_up_data_never_replace_real_ones(self):
        self.put_archive()
        self.unpack()
        before = (self.clone / "origindata" / "OJClone_test.csv").read_text()
        done = subprocess.run([sys.executable, "-B", ADAPTER / "smoke.py", "--into", self.clone], check=True,
                              capture_output=True, text=True)
        self.assertIn("left as they are", done.stdout)
        self.assertEqual((self.clone / "origindata" / "OJClone_test.csv").read_text(), before)


if __name__ == "__main__":
    unittest.main()

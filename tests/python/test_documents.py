"""The documents: the README begins with the two commands, and every link has a target."""

import json
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def documents():
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "settings").rglob("*.md")),
            *sorted(path for path in (ROOT / "scripts").rglob("*.md") if ".venv" not in path.parts)]


class Documents(unittest.TestCase):
    def test_the_first_two_commands_of_the_readme_are_the_two_scripts(self):
        shell = [text for kind, text in BLOCK.findall((ROOT / "README.md").read_text()) if kind == "sh"]
        self.assertEqual(shell[:2], ["scripts/quickstart.sh\n", "scripts/test.sh\n"])

    def test_every_link_to_a_file_has_a_target(self):
        for document in documents():
            for target in LINK.findall(BLOCK.sub("", document.read_text())):
                if "://" not in target:
                    with self.subTest(document=document.name, link=target):
                        self.assertTrue((document.parent / target).exists())

    def test_every_document_is_in_the_index(self):
        index = (ROOT / "docs" / "README.md").read_text()
        for document in (ROOT / "docs").iterdir():
            if document.name != "README.md" and document.suffix in (".md", ".json"):
                with self.subTest(document.name):
                    self.assertIn(f"]({document.name})", index)

    def test_json_examples_are_json(self):
        for document in documents():
            for kind, text in BLOCK.findall(document.read_text()):
                if kind == "json":
                    with self.subTest(document.name):
                        json.loads(text)


if __name__ == "__main__":
    unittest.main()

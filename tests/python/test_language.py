"""Plain English: old words that make texts hard to read do not come back. Test names are names that ctest can use."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("include", "src", "tests", "docs", "scripts", "settings")
ENDINGS = (".cpp", ".hpp", ".md", ".py", ".sh", ".txt")
# What not to write, and what to write. Add a word when the last text with it is gone.
WORDS = {
    "mend": "fix",
    "mends": "fixes",
    "mended": "fixed",
    "puts right": "fixes",
    "put right": "fixed",
    "takes for": "assumes",
    "lacking": "missing",
    "troubles": "errors",
    "trouble": "error",
    "objection": "error",
    "objections": "errors",
    "bears": "has",
    "has no say": "does not count",
    "whoever": "the caller",
    "nobody else than": "only",
    "for want of": "without",
    "got along with": "does no harm",
    "in the night": "during a session",
    "befell": "happened to",
    "whoever": "the caller",
    "foretells": "estimates",
    "complained": "printed an error",
    "complains": "prints an error",
    "stood still": "did not move",
    "taken off": "subtracted",
    "takes off": "subtracts",
    "passes for": "looks like",
    "pass for": "look like",
    "passed over": "left out",
    "speaks of": "shows",
    "speak of": "show",
    "tell apart": "distinguish",
    "told something": "reported",
    "turned down": "refused",
    "where known": "if known",
    "where offered": "if offered",
    "keep step": "change together",
}


TEST_NAME = re.compile(r'^TEST_CASE\("((?:[^"\\]|\\.)*)"', re.MULTILINE)


def texts():
    yield ROOT / "README.md"
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            is_ours = not {".venv", "golden", "corpus"} & set(path.parts)
            if path.suffix in ENDINGS and is_ours and path != Path(__file__).resolve():
                yield path


class Language(unittest.TestCase):
    def test_old_words_do_not_come_back(self):
        pattern = re.compile(r"\b(" + "|".join(WORDS) + r")\b", re.IGNORECASE)
        for path in texts():
            for number, line in enumerate(path.read_text().splitlines(), 1):
                found = pattern.search(line)
                if found:
                    with self.subTest(place=f"{path.relative_to(ROOT)}:{number}"):
                        self.fail(f'"{found.group()}": write "{WORDS[found.group().lower()]}": {line.strip()}')

    def test_names_hold_no_semicolon_and_no_bracket_and_begin_with_a_letter(self):
        for path in texts():
            for name in TEST_NAME.findall(path.read_text()) if path.suffix == ".cpp" else ():
                with self.subTest(place=path.name, name=name):
                    self.assertRegex(name, r"^[A-Za-z0-9`][^;\[\]\\]*$")


if __name__ == "__main__":
    unittest.main()

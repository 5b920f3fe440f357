"""Reads how many tests passed and failed from the log of ctest or unittest and prints `passed failed`.

Usage: count_tests.py ctest|unittest LOG. Skipped tests are neither. A log without a summary counts as one failure.
"""

import re
import sys

CTEST_RESULT = re.compile(r"^\s*\d+/\d+ Test\s+#\d+: .*?(Passed|\*\*\*.*?)\s+[\d.]+ sec", re.MULTILINE)
CTEST_END = re.compile(r"^\d+% tests passed, \d+ tests failed out of \d+", re.MULTILINE)
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_END = re.compile(r"^(?:OK|FAILED) \((.*)\)$", re.MULTILINE)
UNITTEST_SKIPPED = re.compile(r"skipped=(\d+)")
UNITTEST_DEFECT = re.compile(r"(?:failures|errors|unexpected successes)=(\d+)")


def count_ctest(text):
    """Returns (passed, failed)."""
    verdicts = [verdict for verdict in CTEST_RESULT.findall(text) if not verdict.startswith("***Skipped")]
    passed = verdicts.count("Passed")
    failed = len(verdicts) - passed
    return passed, failed if CTEST_END.search(text) else failed + 1


def count_unittest(text):
    """Returns (passed, failed) of all programs in the log together."""
    ran = sum(int(n) for n in UNITTEST_RAN.findall(text))
    if ran == 0:
        return 0, 1
    verdicts = "\n".join(UNITTEST_END.findall(text))
    skipped = sum(int(n) for n in UNITTEST_SKIPPED.findall(verdicts))
    failed = sum(int(n) for n in UNITTEST_DEFECT.findall(verdicts))
    return max(0, ran - skipped - failed), failed


def main():
    kind, path = sys.argv[1:]
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    print(*(count_ctest(text) if kind == "ctest" else count_unittest(text)))


if __name__ == "__main__":
    main()

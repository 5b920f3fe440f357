"""Counts the test cases in a test log and prints `passed failed`.

Usage: count_tests.py ctest|unittest LOG. A ctest log must come from `ctest -V`. A Catch2 or unittest program counts with
its own cases, every other test as one case. If a program failed without a number of failed cases (it crashed, or ran out
of time), this counts as one more failure.
"""

import re
import sys

CATCH_ALL = re.compile(r"All tests passed \(\d+ assertions? in (\d+) test cases?\)")
CATCH_SOME = re.compile(r"test cases:\s*(\d+) \|(.*)")
CATCH_PASSED = re.compile(r"(\d+) passed")
CATCH_FAILED = re.compile(r"(\d+) failed(?! as expected)")
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_FAILED = re.compile(r"^FAILED \((.*)\)", re.MULTILINE)
UNITTEST_SKIPPED = re.compile(r"skipped=(\d+)")
UNITTEST_DEFECT = re.compile(r"(?:failures|errors|unexpected successes)=(\d+)")
CTEST_RESULT = re.compile(r"^\s*\d+/\d+ Test\s+#(\d+): (\S+) \.*\s*(Passed|.*?(?:\*\*\*\S+))", re.MULTILINE)


def count_catch(text):
    """Returns (passed, failed), or None if the text has no Catch2 summary."""
    whole = CATCH_ALL.search(text)
    if whole:
        return int(whole.group(1)), 0
    some = CATCH_SOME.search(text)
    if not some:
        return None
    passed = CATCH_PASSED.search(some.group(2))
    failed = CATCH_FAILED.search(some.group(2))
    return int(passed.group(1)) if passed else 0, int(failed.group(1)) if failed else 0


def count_unittest(text):
    """Returns (passed, failed), or None if the text has no unittest summary. Skipped tests do not count."""
    ran = UNITTEST_RAN.search(text)
    if not ran:
        return None
    tail = text[ran.end():]
    skipped = sum(int(n) for n in UNITTEST_SKIPPED.findall(tail))
    verdict = UNITTEST_FAILED.search(tail)
    failed = sum(int(n) for n in UNITTEST_DEFECT.findall(verdict.group(1))) if verdict else 0
    return max(0, int(ran.group(1)) - skipped - failed), failed


def count_program(text, is_passed):
    counts = count_catch(text) or count_unittest(text)
    if counts is None:
        return (1, 0) if is_passed else (0, 1)
    passed, failed = counts
    return passed, failed if is_passed else max(failed, 1)


def count_ctest(log):
    passed = failed = 0
    for number, _, verdict in CTEST_RESULT.findall(log):
        if "Skipped" in verdict or "Not Run (Disabled)" in verdict:
            continue
        own = "\n".join(line.split(": ", 1)[1] for line in log.splitlines() if line.startswith(f"{number}: "))
        counts = count_program(own, verdict == "Passed")
        passed += counts[0]
        failed += counts[1]
    return passed, failed


def main():
    kind, path = sys.argv[1:]
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    passed, failed = count_ctest(text) if kind == "ctest" else count_unittest(text) or (0, 1)
    print(passed, failed)


if __name__ == "__main__":
    main()

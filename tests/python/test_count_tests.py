"""The last line of test.sh counts the test cases that really ran."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "lib"))

import count_tests  # noqa: E402 (found through the line above)


class Counting(unittest.TestCase):
    def test_a_catch_program_counts_with_its_cases(self):
        log = ("1: All tests passed (97 assertions in 12 test cases)\n"
               "1/2 Test #1: unit .............................   Passed    0.10 sec\n"
               "2: test cases:  9 |  6 passed | 3 failed\n"
               "2/2 Test #2: e2e ..............................***Failed    1.00 sec\n")
        self.assertEqual(count_tests.count_ctest(log), (18, 3))

    def test_a_test_without_cases_counts_once(self):
        log = ("1: fine\n1/2 Test #1: a.b ...   Passed    0.10 sec\n"
               "2: words\n2/2 Test #2: c ....***Timeout   1.00 sec\n")
        self.assertEqual(count_tests.count_ctest(log), (1, 1))

    def test_a_program_that_crashed_after_passed_tests_is_a_failure(self):
        log = ("1: All tests passed (97 assertions in 12 test cases)\n"
               "1/1 Test #1: unit ....***Exception: SegFault  0.10 sec\n")
        self.assertEqual(count_tests.count_ctest(log), (12, 1))

    def test_expected_failures_are_not_failures(self):
        self.assertEqual(count_tests.count_catch("test cases: 3 | 2 passed | 1 failed as expected"), (2, 0))

    def test_skipped_unittests_are_neither_passed_nor_failed(self):
        self.assertEqual(count_tests.count_unittest("Ran 5 tests in 0.1s\n\nOK (skipped=2)"), (3, 0))
        self.assertEqual(
            count_tests.count_unittest("Ran 9 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=3)"), (3, 3))

    def test_a_log_without_a_summary_has_no_result(self):
        self.assertIsNone(count_tests.count_unittest("Traceback"))
        self.assertEqual(count_tests.count_ctest("No tests were found!!!"), (0, 0))


if __name__ == "__main__":
    unittest.main()

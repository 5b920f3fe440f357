"""The last line of test.sh counts what really ran."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "lib"))

from count_tests import count_ctest, count_unittest  # noqa: E402 (found through the line above)


class Counting(unittest.TestCase):
    def test_each_test_of_ctest_counts_once(self):
        log = ("1/5 Test  #1: a lost sample leaves a gap, not a zero ....   Passed    0.10 sec\n"
               "2/5 Test #12: Passed is a word of this name .............***Failed    1.00 sec\n"
               "3/5 Test  #3: slow ......................................***Timeout   1.00 sec\n"
               "4/5 Test  #4: broken ....................................***Exception: SegFault  0.10 sec\n"
               "5/5 Test  #5: not here ..................................***Skipped   0.10 sec\n"
               "40% tests passed, 3 tests failed out of 5\n")
        self.assertEqual(count_ctest(log), (1, 3))

    def test_a_ctest_that_was_cut_off_is_a_failure(self):
        self.assertEqual(count_ctest("1/2 Test #1: a ...   Passed    0.10 sec\n"), (1, 1))
        self.assertEqual(count_ctest("No tests were found!!!"), (0, 1))

    def test_skipped_unittests_are_neither_passed_nor_failed(self):
        self.assertEqual(count_unittest("Ran 5 tests in 0.1s\n\nOK (skipped=2)"), (3, 0))
        self.assertEqual(count_unittest("Ran 9 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=3)"), (3, 3))
        self.assertEqual(count_unittest("Ran 2 tests in 1s\n\nOK\nRan 5 tests in 0.1s\n\nFAILED (failures=1)"), (6, 1))

    def test_a_unittest_without_a_summary_is_a_failure(self):
        self.assertEqual(count_unittest("Traceback"), (0, 1))


if __name__ == "__main__":
    unittest.main()

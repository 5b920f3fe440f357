"""How a launcher ends if it cannot train or if a training has no result."""

import sys
import traceback

FAILED = 1
REFUSED = 3


class Refused(Exception):
    """The run cannot start. `remedy` says in one line what to do; `details` may be longer."""

    def __init__(self, message, remedy="", details=""):
        super().__init__(message)
        self.remedy = remedy
        self.details = details

    def text(self):
        """The whole message. The record of the run keeps the last line, so it has the reason and the remedy."""
        line = f"Refused: {self}" + (f". Remedy: {self.remedy}" if self.remedy else "")
        return f"{self.details}\n{line}" if self.details else line


class Failed(Exception):
    """The training ran but has no valid result; the message says why."""


def main(function):
    """Runs `function()` as the program; never returns.

    Its result is the exit status (None: 0). A refusal ends with status 3 and the remedy on stderr, a failed training
    with 1, any other exception with 1 and its traceback. SystemExit is not caught.
    """
    try:
        status = function() or 0
    except Refused as refusal:
        status = REFUSED
        print(refusal.text(), file=sys.stderr)
    except Failed as failure:
        status = FAILED
        print(f"Failed: {failure}", file=sys.stderr)
    except Exception:
        status = FAILED
        traceback.print_exc()
    sys.stdout.flush()
    sys.exit(status)

"""How a launcher ends when it cannot train, or when a training came to nothing."""

import sys
import traceback

FAILED = 1
REFUSED = 3


class Refused(Exception):
    """The run cannot start. `remedy` tells its user in one line what to do; `details` may be longer."""

    def __init__(self, message, remedy="", details=""):
        super().__init__(message)
        self.remedy = remedy
        self.details = details

    def text(self):
        """All of it. The last line says the most: it is the one that the record of the run keeps."""
        line = f"Refused: {self}" + (f". Remedy: {self.remedy}" if self.remedy else "")
        return f"{self.details}\n{line}" if self.details else line


class Failed(Exception):
    """The training ran, and what it left is no result: the message says why."""


def main(function):
    """Runs `function()` as a whole program: never returns.

    Its result is the exit status (None: 0). A refusal ends with 3 and the remedy on stderr, a failed training with 1,
    any other exception with its traceback and 1. SystemExit goes through.
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

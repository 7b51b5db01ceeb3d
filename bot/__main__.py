"""The edge of the process: from its start to its exit status, whatever becomes of the command and its output.

Loads next to nothing by itself, so that Ctrl-C ends it with a sentence from the first moment on.
"""

import sys
from collections.abc import Sequence

from bot.exit_status import DONE, NOT_DONE
from bot.streams import OutputFailed, ReaderGone, prepare_streams


def start() -> None:
    """Run the command that this process was started with, and end the process with its exit status."""
    prepare_streams()
    sys.exit(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command with `arguments` (default: the process's own) and return its exit status.

    A reader of the output that has had enough is no failure. Ctrl-C and an output that cannot be written are one, and
    explained on standard error.
    """
    try:
        from bot.command_line import run_command  # noqa: PLC0415 (Ctrl-C may come while it is loaded)

        status = run_command(arguments)
        sys.stdout.flush()
    except ReaderGone:
        return DONE
    except OutputFailed as failed:
        return _explain(str(failed))
    except KeyboardInterrupt:
        return _explain("Stopped before it was done.")
    return status


def _explain(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return NOT_DONE


if __name__ == "__main__":
    start()

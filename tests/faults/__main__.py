"""`python -m tests.faults [ROW …]` runs the table of faults, or some rows of it, and goes on where it was cut off."""

import argparse
import sys

import pytest

from tests.faults.table import FaultTable


def main() -> int:
    """Run and print the table; returns 0 if nothing was found, else 1."""
    parser = argparse.ArgumentParser(prog="make test-faults", description="The table of faults.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows to run, by name; default: all")
    parser.add_argument("--again", action="store_true", help="forget what was kept of these rows, and start over")
    parser.add_argument("--show", action="store_true", help="run nothing: print what is known")
    arguments = parser.parse_args()
    table = FaultTable(arguments.rows, again=arguments.again, only_show=arguments.show)
    options = ["-m", "faults", "-q", "-o", "faulthandler_timeout=0"]
    return int(pytest.main(options, plugins=[table]))


if __name__ == "__main__":
    sys.exit(main())

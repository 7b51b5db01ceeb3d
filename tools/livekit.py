"""`python -m tools.livekit` builds the LiveKit server that tests start, unless there is one. It takes some minutes.

Done before the tests, so that no test waits for it, and no two of their processes build one each.
"""

import asyncio
import sys

from bot.sandbox.livekit_binary import LiveKitUnavailable, find_or_build


def main() -> None:
    """Print each step that takes long. Exits with a sentence if there is none and none can be built."""
    try:
        asyncio.run(find_or_build(lambda step: print(f"  {step} …", file=sys.stderr)))
    except LiveKitUnavailable as missing:
        sys.exit(f"Many tests need a LiveKit server, and there is none: {missing}")


if __name__ == "__main__":
    main()

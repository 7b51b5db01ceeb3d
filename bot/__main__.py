"""The command line, nothing else. A subcommand's module is loaded when called, so none needs another's packages."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bot import init, log
from bot.clock import SystemClock
from bot.config import KEYS, Part, Settings, SettingsError, load

DEFAULT_FILE = Path("config.toml")
DONE, FOUND_SOMETHING, CANNOT = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Exit status: 0 done, 1 a check found something, 2 wrong usage or settings."""
    chosen = _parser().parse_args(arguments)
    try:
        status: int = chosen.command(chosen)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        return DONE
    return status


def _init(chosen: argparse.Namespace) -> int:
    path = chosen.config or DEFAULT_FILE
    try:
        init.write(path, SystemClock())
    except FileExistsError:
        print(f"{path} is there already and stays as it is; move it away for a new one.", file=sys.stderr)
        return CANNOT
    except OSError as error:
        print(f"{path} cannot be written: {error.strerror}.", file=sys.stderr)
        return CANNOT
    print(f"Wrote {path} with fresh secrets. Put the bot's token and your address into it, then try: heybuddy check")
    return DONE


def _check(chosen: argparse.Namespace) -> int:
    from bot import check  # noqa: PLC0415 (loaded when called)

    file = chosen.config or DEFAULT_FILE
    findings = asyncio.run(check.everything(lambda: _settings(chosen), file, SystemClock()))
    print(check.as_json(findings) if chosen.json else check.as_text(findings))
    return DONE if all(finding.ok for finding in findings) else FOUND_SOMETHING


def _run(chosen: argparse.Namespace) -> int:
    from bot import assemble, lifetime  # noqa: PLC0415 (loaded when called)

    settings = _settings(chosen, chosen.parts)
    log.set_up(level=settings.log.level, form=settings.log.format, secrets=settings.secrets())
    try:
        asyncio.run(assemble.run(settings, parts=chosen.parts, shard_ids=chosen.shard_ids))
    except lifetime.CannotStart as error:
        print(error, file=sys.stderr)
        return CANNOT
    return DONE


def _migrate(chosen: argparse.Namespace) -> int:
    from bot import store  # noqa: PLC0415 (loaded when called)

    try:
        ran = store.migrate(store.sqlite_path(_settings(chosen, []).store.database))
    except store.StoreError as error:
        print(f"store.database: {error}", file=sys.stderr)
        return CANNOT
    print(f"Migrations done: {', '.join(map(str, ran))}." if ran else "The database was up to date.")
    return DONE


def _sandbox(chosen: argparse.Namespace) -> int:
    from bot.sandbox import run  # noqa: PLC0415 (loaded when called)

    students = {} if chosen.students is None else {"students": chosen.students}
    return run.main(port=chosen.port, as_json=chosen.json, **students)


def _settings(chosen: argparse.Namespace, parts: Sequence[Part] = tuple(Part)) -> Settings:
    path = chosen.config or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    return load(environment=os.environ, path=path, overrides=dict(chosen.set), parts=parts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="heybuddy", description="Pairs students of a Discord server, with video.")
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    file = argparse.ArgumentParser(add_help=False)
    file.add_argument("--config", type=Path, metavar="PATH", help="the settings' file (default: ./config.toml)")
    settings = argparse.ArgumentParser(add_help=False, parents=[file])
    settings.add_argument("--set", type=_pair, metavar="KEY=VALUE", action="append", default=[], help="one setting")

    def command(
        does: Callable[[argparse.Namespace], int], what: str, *takes: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(does.__name__.lstrip("_"), help=what, description=what, parents=takes)
        added.set_defaults(command=does)
        return added

    command(_init, "write a config.toml with fresh secrets", file)
    command(_check, "try everything and say what is wrong", settings).add_argument("--json", action="store_true")
    run = command(_run, "run the bot and the page", settings)
    run.add_argument("--parts", type=_parts, default=tuple(Part), metavar="PART,…", help=f"of {', '.join(Part)}")
    run.add_argument("--shard-ids", type=_numbers, metavar="N,…", help="which of Discord's shards (default: all)")
    command(_migrate, "bring the database up to date and back it up before", settings)
    sandbox = command(_sandbox, "run everything on this machine, with a stand-in for Discord")
    sandbox.add_argument("--port", type=int, help="of the page (default: 8765 or any free one; 0: any free one)")
    sandbox.add_argument("--students", type=int, help="how many students there are")
    sandbox.add_argument("--json", action="store_true", help="print the addresses as one line of JSON")
    return parser


def _version() -> str:
    try:
        return version("hey-buddy")
    except PackageNotFoundError:
        return "not installed"


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"write KEY=VALUE instead of {text!r}")
    if any(known.name == key and known.secret for known in KEYS):
        raise argparse.ArgumentTypeError(f"others on this machine can read {key} here: use the environment or the file")
    return key, value


def _parts(text: str) -> tuple[Part, ...]:
    try:
        return tuple(Part(name.strip()) for name in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"write some of {','.join(Part)} instead of {text!r}") from None


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"write numbers such as 0,1 instead of {text!r}") from None


if __name__ == "__main__":
    sys.exit(main())

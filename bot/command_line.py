"""The commands. Each subcommand's module is loaded when called, so that it needs no other subcommand's packages."""

import asyncio
import math
import os
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from bot import exit_status, init, log
from bot.clock import SystemClock
from bot.config import (
    SETTING_KEYS,
    Part,
    Settings,
    SettingsError,
    StoreSettings,
    load_settings,
    names_no_password,
    read_database_url,
)
from bot.file_faults import describe_file_fault, find_output_fault
from bot.streams import ReaderGone

DEFAULT_FILE: Final = Path("config.toml")
OWN_PACKAGES: Final = ("bot", "web")

Overrides = Sequence[tuple[str, str]]


class NotDone(log.ExpectedError):
    """A command could not do what was asked. The message is a sentence or two: why, and what to do."""


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run one command with `arguments` (default: the process's own).

    Returns one of `bot.exit_status`. Prints errors on standard error. Raises KeyboardInterrupt, and what `bot.streams`
    raises if nothing can be printed.
    """
    try:
        status: int = _heybuddy.main(arguments, prog_name="heybuddy", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return exit_status.NOT_DONE
    except SettingsError as error:
        return _print_error(str(error))
    except log.ExpectedError as error:
        _print_error(str(error))
        return error.status
    except click.Abort:
        raise KeyboardInterrupt from None
    return status


def _print_error(sentence: str) -> int:
    click.echo(sentence, err=True)
    return exit_status.NOT_DONE


def _parse_override(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter("write KEY=VALUE")  # what was written may be a secret
    if any(known.name == key and known.secret for known in SETTING_KEYS) and not names_no_password(key, value):
        raise click.BadParameter(f"others on this machine can read {key} here: use the environment or the file")
    return key, value


def _parse_parts(text: str) -> tuple[Part, ...]:
    try:
        return tuple(Part(name.strip()) for name in text.split(","))
    except ValueError:
        raise click.BadParameter(f"write some of {','.join(Part)} instead of {text!r}") from None


def _parse_shard_ids(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d+(,\d+)*", text, re.ASCII):
        raise click.BadParameter(f"write numbers such as 0,1 instead of {text!r}")
    return tuple(dict.fromkeys(map(int, text.split(","))))


def _parse_database(text: str) -> str:
    try:
        return read_database_url(text)
    except SettingsError as error:
        raise click.BadParameter(error.problems[0].message) from None


_config_option = click.option(
    "--config", "file", type=Path, metavar="PATH", help="The settings file, if not ./config.toml."
)
_set_option = click.option(
    "--set",
    "overrides",
    type=_parse_override,
    multiple=True,
    metavar="KEY=VALUE",
    help="One setting; can be repeated.",
)
_make_option = partial(click.option, show_default=True)


class _NumberRange(click.FloatRange):
    """Refuses also what is not a number at all, as any comparison with that fails."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 -- click's
        number: float = super().convert(value, param, ctx)
        return self.fail(f"{value} isn't a number.", param, ctx) if math.isnan(number) else number


class _UnsortedGroup(click.Group):
    """Lists its commands in the order of their definition, which is the order in which operators need them."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_UnsortedGroup, context_settings={"help_option_names": ["-h", "--help"]}, epilog=exit_status.IN_WORDS)
@click.version_option(package_name="hey-buddy", message="%(version)s")
def _heybuddy() -> None:
    """Matches students of a Discord server for study sessions with video. Start with init, then check, then run."""


@_heybuddy.command("init")
@_config_option
def _init(file: Path | None) -> int:
    """Write a first config.toml, and compose.yaml."""
    path = file or DEFAULT_FILE
    with _explaining_files():
        try:
            init.write_config(path, SystemClock())
        except FileExistsError:
            raise NotDone(f"{path} already exists and was left as it is; move it away to get a new one.") from None
        wrote_compose = init.write_compose(path.parent)
    check = "heybuddy check" if path == DEFAULT_FILE else f"heybuddy check --config {shlex.quote(str(path))}"
    click.echo(f"Wrote {path}, which explains every setting, with two fresh secrets.")
    if wrote_compose:
        click.echo(f"Wrote {path.with_name(init.COMPOSE)}, which runs LiveKit on this machine, if you want that.")
    click.echo(f"Put the bot's token and your address into {path}, then try: {check}")
    return exit_status.DONE


@_heybuddy.command("check")
@_config_option
@_set_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as one line of JSON.")
@click.option(
    "--test-contact", "tests_contact", is_flag=True, help="Send the safety contact a message, at most one an hour."
)
def _check(file: Path | None, overrides: Overrides, *, as_json: bool, tests_contact: bool) -> int:
    """Try everything and say what is wrong."""
    from rich.console import Console  # noqa: PLC0415 (loaded when called)

    from bot import check  # noqa: PLC0415 (loaded when called)

    read_settings = partial(_read_settings, file, overrides)
    run_checks = partial(check.run_checks, environment=os.environ, tests_contact=tests_contact)
    findings = asyncio.run(run_checks(read_settings, file or DEFAULT_FILE, SystemClock()))
    with suppress(ReaderGone):  # the exit status says it all
        if as_json:
            click.echo(check.findings_as_json(findings))
        else:
            Console().print(check.findings_as_table(findings))
    return exit_status.DONE if all(finding.ok for finding in findings) else exit_status.TROUBLE


@_heybuddy.command("run")
@_config_option
@_set_option
@click.option(
    "--parts",
    type=_parse_parts,
    default=",".join(Part),
    show_default=True,
    metavar="PART,...",
    help="What this process runs.",
)
@click.option("--shard-ids", type=_parse_shard_ids, metavar="N,...", help="Which Discord shards it runs, if not all.")
def _run(file: Path | None, overrides: Overrides, parts: Sequence[Part], shard_ids: Sequence[int] | None) -> int:
    """Run the bot and the page."""
    with suppress(KeyboardInterrupt):  # before it listens to signals: it is stopped as asked
        settings = _read_settings(file, overrides, parts=parts)
        if shard_ids and Part.CHAT not in parts:
            raise NotDone("--shard-ids: only chat connects shards; add chat to --parts, or leave --shard-ids out.")
        _require_known_shards(shard_ids or (), settings.discord.shard_count)

        from bot import assemble  # noqa: PLC0415 (loaded when called, and only with usable settings)

        log.configure_logging(level=settings.log.level, output_format=settings.log.format, secrets=settings.secrets())
        asyncio.run(assemble.run(settings, parts=parts, shard_ids=shard_ids))
    return exit_status.DONE


def _require_known_shards(shard_ids: Sequence[int], shard_count: int) -> None:
    unknown = [shard for shard in shard_ids if shard >= shard_count > 0]
    if unknown:
        raise NotDone(f"--shard-ids: there's no shard {unknown[0]}: discord.shard_count is {shard_count}, from 0 on.")


@_heybuddy.command("migrate")
@_config_option
@_set_option
def _migrate(file: Path | None, overrides: Overrides) -> int:
    """Back up the database and bring it up to date."""
    from bot import database_commands  # noqa: PLC0415 (loaded when called)

    settings = _store_settings(file, overrides)
    database_commands.stop_on_every_signal()
    click.echo(database_commands.migrate_database(settings.database, settings.pool()))
    return exit_status.DONE


@_heybuddy.command("backup", short_help="Copy the database, while the bot runs.")
@_config_option
@_set_option
@click.argument("destination", metavar="DEST", type=click.Path(path_type=Path))
def _backup(file: Path | None, overrides: Overrides, destination: Path) -> int:
    """Copy the database to DEST, a new file or a folder, while the bot runs."""
    from bot import database_commands  # noqa: PLC0415 (loaded when called)

    url = _store_settings(file, overrides).database
    database_commands.stop_on_every_signal()
    click.echo(database_commands.back_up_database(url, destination, SystemClock().now()))
    return exit_status.DONE


@_heybuddy.command("restore", short_help="Bring back a backup; the current database is kept.")
@_config_option
@_set_option
@click.argument("backup", metavar="FILE", type=click.Path(path_type=Path))
def _restore(file: Path | None, overrides: Overrides, backup: Path) -> int:
    """Bring back the backup FILE; the current database is kept beside it. Stop the bot first."""
    from bot import database_commands  # noqa: PLC0415 (loaded when called)

    url = _store_settings(file, overrides).database
    database_commands.stop_on_every_signal()
    click.echo(database_commands.restore_database(url, backup, SystemClock().now()))
    return exit_status.DONE


@_heybuddy.command("copy-database", short_help="Copy everything into another database.")
@_config_option
@_set_option
@click.argument("source", metavar="FROM", type=_parse_database)
@click.argument("target", metavar="TO", type=_parse_database)
def _copy_database(file: Path | None, overrides: Overrides, source: str, target: str) -> int:
    """Copy everything from the database FROM into the empty database TO, which is made if need be.

    Both are written as in store.database. Stop the bot first, and name TO in store.database afterwards.
    """
    from bot import database_commands  # noqa: PLC0415 (loaded when called)

    pool = _store_settings(file, overrides).pool()
    database_commands.stop_on_every_signal()
    click.echo(database_commands.copy_into(source, target, pool, SystemClock().now()))
    return exit_status.DONE


@contextmanager
def _explaining_files() -> Iterator[None]:
    """Raise NotDone if a file cannot be used."""
    try:
        yield
    except OSError as error:
        raise NotDone(f"{describe_file_fault(error)}.") from error


def _store_settings(file: Path | None, overrides: Overrides) -> StoreSettings:
    return _read_settings(file, overrides, parts=(), sections=("store",)).store


@_heybuddy.command("sandbox")
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="The page's port; 0 for any free one.")
@click.option("--students", type=int, metavar="N", help="How many students there are.")
@click.option("--json", "as_json", is_flag=True, help="Print the addresses as one line of JSON.")
def _sandbox(port: int | None, students: int | None, *, as_json: bool) -> int:
    """Run everything on this machine, with a stand-in for Discord."""
    with suppress(KeyboardInterrupt):  # before it listens to signals: it is stopped as asked
        with _needing_extra("sandbox"):
            from bot.sandbox import command  # noqa: PLC0415 (loaded when called)

        chosen = {} if students is None else {"students": students}
        return command.main(port=port, as_json=as_json, **chosen)
    return exit_status.DONE


@contextmanager
def _needing_extra(name: str) -> Iterator[None]:
    """Raise NotDone if a package is missing that only the extra `name` installs."""
    try:
        yield
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package in OWN_PACKAGES:
            raise
        raise NotDone(f"heybuddy {name} needs {package}; install it with: pip install 'hey-buddy[{name}]'") from None


@_heybuddy.command("simulate", short_help="Replay a day of searches through the matching.")
@_config_option
@_set_option
@click.argument("trace", required=False, type=click.Path(path_type=Path))
@click.option("--json", type=click.Path(path_type=Path), metavar="OUT.json", help="Write the pairs and all figures.")
@click.option("--plot", type=click.Path(path_type=Path), metavar="OUT.png", help="Draw the day as a picture.")
@click.option("--compare", is_flag=True, help="Compare with simpler rules.")
@click.option("--no-hindsight", is_flag=True, help="Leave out the optimum in hindsight.")
@click.option("--make", type=click.Choice(["steady", "bursty", "day"]), help="Print a made-up day instead.")
@_make_option("--rate", "rate_per_minute", type=_NumberRange(1e-6, 1e6), default=1.0, help="Members per minute.")
@_make_option("--people", "members", type=click.IntRange(1, 10**8), default=400, help="Members in total.")
@_make_option("--seed", type=click.IntRange(0), default=1, help="Another seed, another day.")
@_make_option("--subjects", type=click.IntRange(1, 10_000), default=12, help="How many subjects there are.")
@_make_option("--languages", type=click.IntRange(1, 10_000), default=2, help="How many languages are spoken.")
@_make_option(
    "--pools", type=click.IntRange(1, 10**8), default=1, help="How many servers there are, each a pool of its own."
)
@_make_option(
    "--uneven",
    "size_exponent",
    type=_NumberRange(0, 10),
    default=0.0,
    help="How much servers differ in size: 0 for not at all, 1 for 1, 1/2, 1/3 and so on.",
)
@_make_option(
    "--burst",
    "burst_factor",
    type=_NumberRange(1, 6),
    default=3.0,
    help="How many times busier the first ten minutes of each hour are.",
)
@_make_option(
    "--patience",
    "median_patience_s",
    type=_NumberRange(1, 1e6),
    default=480.0,
    help="Median patience, in seconds.",
)
@_make_option(
    "--bonds",
    "relations_factor",
    type=_NumberRange(0, 1000),
    default=1.0,
    help="Multiply the usual number of blocks and favourites by this.",
)
def _simulate(
    file: Path | None,
    overrides: Overrides,
    trace: Path | None,
    *,
    json: Path | None,
    plot: Path | None,
    make: str | None,
    compare: bool,
    no_hindsight: bool,
    **plan: float,
) -> int:
    """Replay a day of searches (TRACE: one JSON object per line) through the matching, or make up such a day."""
    from bot.simulate import command  # noqa: PLC0415 (loaded when called)

    if make:
        if trace is not None:
            raise click.UsageError(f"--make prints a day; to run {trace} leave it out.")
        command.print_synthetic_trace(make, **plan)
        return exit_status.DONE
    if trace is None:
        raise click.UsageError("Name a TRACE, or make one: heybuddy simulate --make day > day.jsonl")
    weights = _read_settings(file, overrides, parts=(), sections=("matching",)).matching.weights()
    for written in filter(None, (json, plot)):
        if fault := find_output_fault(written):  # said before the day is simulated
            raise NotDone(f"{fault}.")
    try:
        with _explaining_files():
            command.simulate_trace(
                trace, json_file=json, plot_file=plot, compare=compare, with_hindsight=not no_hindsight, weights=weights
            )
    except command.NotSimulated as error:
        raise NotDone(str(error)) from error
    return exit_status.DONE


def _read_settings(
    file: Path | None,
    overrides: Overrides,
    *,
    parts: Sequence[Part] = tuple(Part),
    sections: Sequence[str] | None = None,
) -> Settings:
    """The settings that `parts` need, or those in `sections`, as `load_settings` reads them."""
    path = file or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    return load_settings(environment=os.environ, path=path, overrides=dict(overrides), parts=parts, sections=sections)

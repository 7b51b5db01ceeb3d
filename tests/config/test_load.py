"""Settings as operators give them: four sources in order, and every problem at once."""

import re
import traceback
from functools import partial
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.config import SETTING_KEYS, Part, Settings, SettingsError, StoreSettings, load_settings
from bot.init import write_config

SECRET = "x" * 32
REQUIRED = {
    "DISCORD_TOKEN": "a-token",
    "HEYBUDDY_WEB__PUBLIC_URL": "https://study.example.org",
    "SESSION_SECRET": SECRET,
    "HEYBUDDY_PRIVACY__KEY": SECRET,
}
VIDEO = {"LIVEKIT_URL": "wss://video.example.org", "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": SECRET}


def problems_of(
    environment: dict[str, str], *, file: str | None = None, overrides: dict[str, str] | None = None
) -> list[str]:
    """The problems of these settings, one per line."""
    path = None if file is None else write_toml(file)
    with pytest.raises(SettingsError) as caught:
        load_settings(environment=environment, path=path, overrides=overrides)
    return str(caught.value).splitlines()


def write_toml(text: str) -> Path:
    """Write a settings file with this text."""
    path = Path("some.toml")
    path.write_text(text)
    return path


def test_the_environment_alone_is_enough() -> None:
    """Four variables are all that a bot without video needs."""
    settings = load_settings(environment=REQUIRED)
    assert (settings.discord.token, settings.livekit, settings.web.port) == ("a-token", None, 8080)


def test_sources_have_an_order() -> None:
    """Overrides win over the environment, the environment over the file, the file over defaults."""
    file = write_toml('[web]\nhost = "file"\nport = 1\n[log]\nlevel = "debug"\n')
    environment = {**REQUIRED, "HEYBUDDY_WEB__PORT": "2", "HEYBUDDY_WEB__HOST": "environment"}
    settings = load_settings(environment=environment, path=file, overrides={"web.host": "override"})
    found = (settings.web.host, settings.web.port, settings.log.level, settings.log.format)
    assert found == ("override", 2, "debug", "text")


@pytest.mark.parametrize(
    ("name", "named"), [("some.toml", "some.toml,"), (None, "config.toml (`heybuddy init` makes one),")]
)
def test_what_is_missing_belongs_into_the_file_that_was_read(name: str | None, named: str) -> None:
    """The file of --config, or the one that is read without it."""
    if name:
        Path(name).touch()
    with pytest.raises(SettingsError) as caught:
        load_settings(environment={"HEYBUDDY_WEB__PORT": "0"}, path=Path(name) if name else None)
    assert all(f"is missing: write it into {named}" in str(problem) for problem in caught.value.problems)


def test_neither_a_file_nor_a_variable() -> None:
    """One problem: it may well be the wrong folder, which is named."""
    [found] = problems_of({"PATH": "/bin"})
    said = "go to its folder, name it with --config, or make one with `heybuddy init`"
    assert found == f"config.toml: isn't in {Path.cwd()}: {said}"
    assert load_settings(environment={}, parts=()) == Settings()


def test_what_no_part_needs_may_be_left_empty() -> None:
    """As `heybuddy init` writes it: a matchmaker needs neither token nor address, all parts together do."""
    file = '[discord]\ntoken = ""\n[web]\npublic_url = ""\n'
    secrets = {"SESSION_SECRET": SECRET, "HEYBUDDY_PRIVACY__KEY": SECRET}
    settings = load_settings(environment=secrets, path=write_toml(file), parts=[Part.MATCHMAKER])
    assert (settings.discord.token, settings.web.public_url) == ("", "")
    keys = [problem.partition(":")[0] for problem in problems_of(secrets, file=file)]
    assert keys == ["discord.token", "web.public_url"]


def test_only_the_sections_asked_for_are_read() -> None:
    """Their problems are reported, and settings that do not exist, which may be meant for them; no others."""
    file = '[discord]\ntoken = ""\n[web]\nport = "many"\n[livekit]\nurl = "x"\n[store]\ndatabase = "sqlite:///a"\n'
    environment = {"DISCORD_TOKEN_FILE": "none", "HEYBUDDY_MATCHING__WAIT_MINUTES": "0", "SESSION_SECRET": "short"}
    read = partial(load_settings, parts=[], sections=["store"])
    settings = read(environment=environment, path=write_toml(file))
    assert settings == Settings(store=StoreSettings(database="sqlite:///a"))
    for wrong, problem in (("[store]\ndatabase = 5", "store.database"), ("[stor]\ndatabase = 5", "stor.database")):
        with pytest.raises(SettingsError, match=f"^{problem}: "):
            read(environment=environment, path=write_toml(wrong))


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({"HEYBUDDY_OPS__PORT": "8080"}, "ops.port: is web.port as well"),
        ({"HEYBUDDY_WEB__PORT": "9464"}, "ops.port: is web.port as well"),
        ({"HEYBUDDY_OPS__PORT": "65536"}, "ops.port: "),
        ({"HEYBUDDY_OPS__HOST": "127.0.0.1:9464"}, "ops.host: "),
    ],
)
def test_the_metrics_have_a_port_of_their_own(environment: dict[str, str], problem: str) -> None:
    """Otherwise the metrics could take the page's place, and the page is what students need."""
    [found] = problems_of(REQUIRED | environment)
    assert found.startswith(problem)


@pytest.mark.parametrize("ports", [("8080", "9464"), ("9464", "9465"), ("8080", "0"), ("0", "0")])
def test_ports_of_page_and_metrics_that_go_together(ports: tuple[str, str]) -> None:
    """With 0 the page takes any free port, and there are no metrics."""
    environment = {"HEYBUDDY_WEB__PORT": ports[0], "HEYBUDDY_OPS__PORT": ports[1]}
    settings = load_settings(environment=REQUIRED | environment)
    assert (str(settings.web.port), str(settings.ops.port)) == ports


FIRST_STEPS = (
    "discord.token: is empty; copy the bot's token from the page Bot of your application in Discord's developer portal",
    "web.public_url: is empty; write the page's address, such as https://study.example.org, with no path",
    'livekit.api_key: is empty; copy the key from LiveKit\'s configuration, in quotes, such as "APIx2y"',
    "livekit.api_secret: is empty; copy the secret from LiveKit's configuration",
)


def test_settings_as_init_writes_them(tmp_path: Path) -> None:
    """Every value that is still empty says where it comes from, not how to write TOML."""
    path = tmp_path / "config.toml"
    write_config(path, SystemClock())
    with_url = path.read_text().replace("# livekit.url", "livekit.url")
    path.write_text(
        re.sub(r"^# (livekit\.api_key|livekit\.api_secret) = .*$", r'\1 = ""', with_url, flags=re.MULTILINE)
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(environment={}, path=path)
    lines = str(caught.value).splitlines()
    for line, start in zip(lines, FIRST_STEPS, strict=True):
        assert line.startswith(start)


def test_every_problem_is_reported_at_once() -> None:
    """One run reports every problem, in the order of the keys."""
    file = '[web]\nport = "many"\npublic_url = "http://a.org"\nsession_secret = "short"\n[store]\ndatabase = "x"'
    file += "\n[matching]\nwait_minutes = 0\nweight_subject = 0.9\nweight_camera = 2\n"
    problems = problems_of({"LIVEKIT_URL": "https://video.example.org"}, file=file)
    keys = [problem.partition(":")[0] for problem in problems]
    assert keys == [
        "discord.token",
        "web.public_url",
        "web.port",
        "web.session_secret",
        "livekit.url",
        "livekit.api_key",
        "livekit.api_secret",
        "store.database",
        "matching.wait_minutes",
        "matching.weight_subject",
        "matching.weight_camera",
        "privacy.key",
    ]


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"HEYBUDDY_WEB__PROT": "1"}, "HEYBUDDY_WEB__PROT: there's no such setting; did you mean HEYBUDDY_WEB__PORT?"),
        (
            {"HEYBUDDY_DISCORD__TOKEN": "b"},
            "discord.token: is given twice, by HEYBUDDY_DISCORD__TOKEN and DISCORD_TOKEN",
        ),
        ({"HEYBUDDY_STORE__DATABASE": "mysql://a/b"}, "store.database: doesn't start with sqlite:/// or postgresql://"),
        ({"HEYBUDDY_STORE__POOL_SIZE": "0"}, "store.pool_size: "),
        ({"HEYBUDDY_STORE__QUERY_TIMEOUT_S": "0"}, "store.query_timeout_s: "),
        ({"HEYBUDDY_STORE__DATABASE": "sqlite:///"}, "store.database: names no file; write sqlite:///PATH"),
        (
            {"HEYBUDDY_WEB__PUBLIC_URL": "http://study.example.org"},
            "web.public_url: doesn't start with https://; write",
        ),
        ({"HEYBUDDY_WEB__PUBLIC_URL": "https://study.example.org/app"}, "web.public_url: has a path after the server"),
        (
            {"HEYBUDDY_WEB__PUBLIC_URL": "https://study.example.org:no"},
            "web.public_url: has a port that isn't a number",
        ),
        (
            {"HEYBUDDY_WEB__PORT": "65536"},
            'web.port: can\'t be "65536"; write a whole number from 0 to 65535 (from HEYBUDDY_WEB__PORT)',
        ),
        ({"HEYBUDDY_WEB__TRUSTED_PROXIES": "10.0.0.0/8, x"}, "web.trusted_proxies: 'x' is neither an IP address nor"),
        ({"HEYBUDDY_WEB__PORT": '"8080"'}, "web.port: has quotation marks around it that count as part of it: remove"),
        ({"HEYBUDDY_MATCHING__WEIGHT_STYLE": "2"}, 'matching.weight_style: can\'t be "2"; write a number from 0 to 1'),
        ({"HEYBUDDY_MATCHING__WEIGHT_STYLE": "0.3"}, "matching.weight_subject: adds up to more than 1 with"),
        ({"HEYBUDDY_MATCHING__WEIGHT_NOVELTY": "0.2"}, "matching.weight_subject: adds up to more than 1 with"),
        ({"HEYBUDDY_MATCHING__WEIGHT_SUBJECT": "0.5"}, "matching.weight_subject: adds up to more than 1 with"),
        ({"HEYBUDDY_MATCHING__WEIGHT_STYLE": "nan"}, 'matching.weight_style: can\'t be "nan"; write a number'),
        ({"HEYBUDDY_LOG__LEVEL": "loud"}, 'log.level: can\'t be "loud"; write one of debug, info, warning, error'),
        ({"SESSION_SECRET": "short"}, "web.session_secret: is too short; write at least 32 random bytes"),
        ({"LIVEKIT_URL": "wss://video.example.org"}, "livekit.api_key: is missing beside livekit.url"),
        (VIDEO | {"LIVEKIT_URL": "ws://video.example.org"}, "livekit.url: doesn't start with wss://; write LiveKit's"),
        (VIDEO | {"LIVEKIT_API_SECRET": "short"}, "livekit.api_secret: is too short; copy the secret from"),
        ({"DISCORD_TOKEN": "the token"}, "discord.token: has a space in it; copy the bot's token from the page Bot"),
        ({"DISCORD_TOKEN": "two\nlines"}, "discord.token: has more than one line: keep only the one you need"),
        ({"DISCORD_TOKEN": "…"}, "discord.token: isn't filled in yet; copy the bot's token from the page Bot"),
        (
            {"SESSION_SECRET": "", "SESSION_SECRET_FILE": "none"},
            "web.session_secret: the file isn't in ",
        ),
    ],
)
def test_a_problem_says_what_to_write_instead(variables: dict[str, str], problem: str) -> None:
    """Each invalid value of a variable has a message of its own."""
    assert problems_of(REQUIRED | variables)[0].startswith(problem)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[web]\nport = true", "web.port: can't be true; write a whole number from 0 to 65535"),
        (f"[web]\nport = '{'x' * 50}'", "web.port: can't be this; write a whole number from 0 to 65535"),
        ("[web]\nport = 80.5", "web.port: can't be 80.5; write a whole number from 0 to 65535"),
        ("[web]\nhost = 5", "web.host: isn't text, which is in quotes; write an address of this"),
        ('[web]\nhost = " "', "web.host: is empty; write an address of this machine, such as"),
        (
            "[web]\ntrusted_proxies = 5",
            "web.trusted_proxies: can't be 5; write addresses or networks of your proxies, such as [\"10.0",
        ),
        (
            '[web]\ntrusted_proxies = ["x", "y"]',
            "web.trusted_proxies: 'y' is neither an IP address nor a network; write addr",
        ),
        ("[log]\nlevel = 5", "log.level: can't be 5; write one of debug, info, warning, error"),
        ("[store]\ndatabase = []", "store.database: isn't text, which is in quotes; write sqlite:///PATH"),
        (
            "web = 5",
            "web: is a section, not a setting: write its settings, such as web.public_url",
        ),
        ("[web.port]\nx = 5", 'web.port: can\'t be {"x": 5}; write a whole number from 0 to 65535 (in some.toml)'),
    ],
)
def test_toml_values_of_a_wrong_type_are_problems(line: str, problem: str) -> None:
    """A value of another TOML type is one problem, in our own words."""
    [found] = problems_of(REQUIRED, file=line)
    assert found.startswith(problem)


def test_unknown_keys_in_a_file_are_problems_with_a_suggestion() -> None:
    """A misspelled key would otherwise silently mean the default."""
    problems = problems_of(REQUIRED, file="[web]\nprot = 1\n[weather]\nsunny = true\n")
    assert problems == [
        "web.prot: there's no such setting; did you mean web.port? (in some.toml)",
        "weather.sunny: there's no such setting; a new file of heybuddy init has every key there is (in some.toml)",
    ]


def test_invalid_toml_is_reported_with_its_line() -> None:
    """The message contains the line number from the parser."""
    assert "line 1" in problems_of(REQUIRED, file="[web\n")[0]


def test_no_problem_contains_a_secret() -> None:
    """A problem with a secret is described without it, in a traceback too."""
    wrong = {"SESSION_SECRET": "canary", "DISCORD_TOKEN": "canary", "HEYBUDDY_DISCORD__TOKEN": "canary"}
    with pytest.raises(SettingsError) as caught:
        load_settings(environment=wrong)
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_printed_settings_contain_no_secret() -> None:
    """Settings that are logged by mistake reveal no secret."""
    settings = load_settings(environment=REQUIRED | VIDEO)
    assert SECRET not in repr(settings)
    assert "a-token" not in repr(settings)
    assert "a-token" not in str(settings.discord)


def test_settings_are_frozen() -> None:
    """No part can change what another part reads."""
    settings = load_settings(environment=REQUIRED)
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1


@pytest.mark.parametrize(
    ("url", "api_url"),
    [("wss://video.example.org", "https://video.example.org"), ("ws://localhost:7880", "http://localhost:7880")],
)
def test_livekits_api_address_defaults_to_the_browsers_address(url: str, api_url: str) -> None:
    """One address is enough unless the two differ."""
    settings = load_settings(environment=REQUIRED | VIDEO | {"LIVEKIT_URL": url})
    assert settings.livekit is not None
    assert settings.livekit.api_url == api_url


@pytest.mark.parametrize("url", ["ws://localhost:7880", "ws://127.0.0.1:7880", "ws://LiveKit.LOCALHOST"])
def test_a_local_livekit_may_have_a_short_secret(url: str) -> None:
    """LiveKit's development mode uses one."""
    settings = load_settings(environment=REQUIRED | VIDEO | {"LIVEKIT_URL": url, "LIVEKIT_API_SECRET": "secret"})
    assert settings.livekit is not None


def test_a_process_needs_only_what_its_parts_need() -> None:
    """A process that only serves the page needs no Discord token."""
    without_token = {name: value for name, value in REQUIRED.items() if name != "DISCORD_TOKEN"}
    assert load_settings(environment=without_token, parts=[Part.WEB]).discord.token == ""
    assert problems_of(without_token)[0].startswith("discord.token: is missing")


def test_settings_list_their_secrets() -> None:
    """Every secret key is among the values that logs hide; of the database's address only the password."""
    database = {"HEYBUDDY_STORE__DATABASE": "postgresql://u:the-password@h/d"}
    settings = load_settings(environment=REQUIRED | VIDEO | database | {"LIVEKIT_API_SECRET": "y" * 32})
    assert set(settings.secrets()) == {"a-token", SECRET, "y" * 32, "the-password"}
    assert len(settings.secrets()) == sum(key.secret for key in SETTING_KEYS)


def test_keys_and_model_fields_are_the_same() -> None:
    """The list of keys and the models agree."""
    settings: Settings = load_settings(environment=REQUIRED | VIDEO)
    fields = {f"{section}.{field}" for section, part in vars(settings).items() for field in vars(part)}
    assert {key.name for key in SETTING_KEYS} == fields


def test_a_secret_that_is_missing_is_made_up() -> None:
    """The line can be copied as it is, and it is another one each time."""
    without = {name: value for name, value in REQUIRED.items() if name != "HEYBUDDY_PRIVACY__KEY"}
    lines = set()
    for _ in range(2):
        [problem] = problems_of(without)
        assert problem.startswith("privacy.key: is missing: write it into config.toml")
        line = re.search(r'privacy\.key = "[0-9a-f]{64}"$', problem)
        assert line
        settings = load_settings(environment=without, path=write_toml(line[0]))
        assert line[0] == f'privacy.key = "{settings.privacy.key}"'
        lines.add(line[0])
    assert len(lines) == 2


@pytest.mark.parametrize(("written", "value"), [("true", True), ("false", False), ("True", True), ("0", False)])
def test_a_setting_that_is_true_or_false(written: str, value: bool) -> None:
    """From the environment as from a file."""
    given = load_settings(environment=REQUIRED | {"HEYBUDDY_PRIVACY__ALLOW_MINORS_WITHOUT_LOGIN": written})
    assert given.privacy.allow_minors_without_login is value
    file = write_toml(f"privacy.allow_minors_without_login = {str(value).lower()}")
    assert load_settings(environment=REQUIRED, path=file).privacy.allow_minors_without_login is value


@pytest.mark.parametrize("written", ["maybe", "2", "always"])
def test_what_is_neither_true_nor_false(written: str) -> None:
    """It is refused, and a number is no switch either."""
    [problem] = problems_of(REQUIRED | {"HEYBUDDY_PRIVACY__ALLOW_MINORS_WITHOUT_LOGIN": written})
    assert problem.startswith("privacy.allow_minors_without_login: ")
    assert "write true or false" in problem

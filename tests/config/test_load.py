"""Settings as operators give them: four sources in order, and every error at once."""

import traceback
from pathlib import Path

import pytest

from bot.config import KEYS, Part, Settings, SettingsError, load

SECRET = "x" * 32
ENOUGH = {"DISCORD_TOKEN": "a-token", "HEYBUDDY_WEB__PUBLIC_URL": "https://study.example.org", "SESSION_SECRET": SECRET}
VIDEO = {"LIVEKIT_URL": "wss://video.example.org", "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": SECRET}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test writes its files into a folder of its own."""
    monkeypatch.chdir(tmp_path)


def said(environment: dict[str, str], *, file: str | None = None, overrides: dict[str, str] | None = None) -> list[str]:
    """The problems these settings have, one a line."""
    path = None if file is None else written(file)
    with pytest.raises(SettingsError) as caught:
        load(environment=environment, path=path, overrides=overrides)
    return str(caught.value).splitlines()


def written(text: str) -> Path:
    """A file with this text."""
    path = Path("some.toml")
    path.write_text(text)
    return path


def test_the_environment_alone_is_enough() -> None:
    """Three variables make a bot that runs without video."""
    settings = load(environment=ENOUGH)
    assert (settings.discord.token, settings.livekit, settings.web.port) == ("a-token", None, 8080)


def test_each_source_beats_the_next() -> None:
    """Overrides beat the environment, which beats the file, which beats the default."""
    file = written('[web]\nhost = "file"\nport = 1\n[log]\nlevel = "debug"\n')
    environment = {**ENOUGH, "HEYBUDDY_WEB__PORT": "2", "HEYBUDDY_WEB__HOST": "environment"}
    settings = load(environment=environment, path=file, overrides={"web.host": "override"})
    found = (settings.web.host, settings.web.port, settings.log.level, settings.log.format)
    assert found == ("override", 2, "debug", "text")


def test_a_file_that_is_not_there_is_told() -> None:
    """Nobody's settings are silently left out."""
    with pytest.raises(SettingsError, match="none.toml: cannot be read"):
        load(environment=ENOUGH, path=Path("none.toml"))


def test_secrets_may_lie_in_files(tmp_path: Path) -> None:
    """`…_FILE` names a file, by the short and the long name alike; a line's end behind the secret is no part of it."""
    (tmp_path / "token").write_text("from-a-file\n")
    (tmp_path / "secret").write_text(SECRET + "\n")
    environment = {
        "DISCORD_TOKEN_FILE": str(tmp_path / "token"),
        "HEYBUDDY_WEB__SESSION_SECRET_FILE": str(tmp_path / "secret"),
        "HEYBUDDY_WEB__PUBLIC_URL": "https://study.example.org",
    }
    settings = load(environment=environment)
    assert (settings.discord.token, settings.web.session_secret) == ("from-a-file", SECRET)


def test_every_error_is_told_at_once_by_key() -> None:
    """Nobody mends settings one run at a time."""
    file = '[web]\nport = "many"\npublic_url = "http://a.org"\nsession_secret = "short"\n[store]\ndatabase = "x"'
    file += "\n[matching]\nwait_minutes = 0\nweight_subject = 0.9\nweight_camera = 2\n"
    problems = said({"LIVEKIT_URL": "https://video.example.org"}, file=file)
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
    ]


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"HEYBUDDY_WEB__PROT": "1"}, "HEYBUDDY_WEB__PROT: there is no such setting; did you mean HEYBUDDY_WEB__PORT?"),
        (
            {"HEYBUDDY_DISCORD__TOKEN": "b"},
            "discord.token: is given twice, by HEYBUDDY_DISCORD__TOKEN and DISCORD_TOKEN",
        ),
        ({"HEYBUDDY_STORE__DATABASE": "postgresql://a/b"}, "store.database: PostgreSQL is not supported yet"),
        ({"HEYBUDDY_STORE__DATABASE": "sqlite:///"}, "store.database: write sqlite:///PATH"),
        ({"HEYBUDDY_WEB__PUBLIC_URL": "http://study.example.org"}, "web.public_url: write the page's address"),
        ({"HEYBUDDY_WEB__PUBLIC_URL": "https://study.example.org/app"}, "web.public_url: write the page's address"),
        ({"HEYBUDDY_WEB__PUBLIC_URL": "https://study.example.org:no"}, "web.public_url: write the page's address"),
        ({"HEYBUDDY_WEB__PORT": "65536"}, "web.port: write a whole number from 0 to 65535"),
        ({"HEYBUDDY_WEB__TRUSTED_PROXIES": "10.0.0.0/8, x"}, "web.trusted_proxies: write addresses or networks"),
        ({"HEYBUDDY_MATCHING__WEIGHT_STYLE": "2"}, "matching.weight_style: write a number from 0 to 1"),
        ({"HEYBUDDY_MATCHING__WEIGHT_STYLE": "0.3"}, "matching.weight_subject: adds up to more than 1 with"),
        ({"HEYBUDDY_MATCHING__WEIGHT_NOVELTY": "0.2"}, "matching.weight_subject: adds up to more than 1 with"),
        ({"HEYBUDDY_MATCHING__WEIGHT_SUBJECT": "0.5"}, "matching.weight_subject: adds up to more than 1 with"),
        ({"HEYBUDDY_MATCHING__WEIGHT_STYLE": "nan"}, "matching.weight_style: write a number from 0 to 1"),
        ({"HEYBUDDY_LOG__LEVEL": "loud"}, "log.level: write one of debug, info, warning, error"),
        ({"SESSION_SECRET": "short"}, "web.session_secret: write at least 32 random bytes"),
        ({"LIVEKIT_URL": "wss://video.example.org"}, "livekit.api_key: is missing beside livekit.url"),
        (VIDEO | {"LIVEKIT_URL": "ws://video.example.org"}, "livekit.url: write LiveKit's address"),
        (VIDEO | {"LIVEKIT_API_SECRET": "short"}, "livekit.api_secret: has to have at least 32 bytes"),
        (
            {"SESSION_SECRET": "", "SESSION_SECRET_FILE": "none"},
            "web.session_secret: the file none that SESSION_SECRET_FILE",
        ),
    ],
)
def test_a_problem_says_what_to_write_instead(variables: dict[str, str], problem: str) -> None:
    """Each value that cannot stand has a sentence."""
    assert said(ENOUGH | variables)[0].startswith(problem)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[web]\nport = true", "web.port: write a whole number from 0 to 65535"),
        ("[web]\nport = 80.5", "web.port: write a whole number from 0 to 65535"),
        ("[web]\nhost = 5", "web.host: is empty or no text: write it in quotes"),
        ('[web]\nhost = " "', "web.host: is empty or no text: write it in quotes"),
        (
            "[web]\ntrusted_proxies = 5",
            'web.trusted_proxies: write addresses or networks of your proxies, such as ["10.0',
        ),
        ('[web]\ntrusted_proxies = ["x", "y"]', "web.trusted_proxies: write addresses or networks of your proxies"),
        ("[log]\nlevel = 5", "log.level: write one of debug, info, warning, error"),
        ("[store]\ndatabase = []", "store.database: write sqlite:///PATH, such as sqlite:///heybuddy.sqlite3"),
        ("web = 5", "web: there is no such setting; config.example.toml has every key there is"),
        ("[web.port]\nx = 5", "web.port: write a whole number from 0 to 65535"),
    ],
)
def test_a_file_has_types_of_its_own(line: str, problem: str) -> None:
    """What is no text in the file is judged by the same rules, and told once, in our words."""
    [told] = said(ENOUGH, file=line)
    assert told.startswith(problem)


def test_unknown_keys_of_the_file_are_errors_with_a_suggestion() -> None:
    """A misspelt key would otherwise be a default nobody asked for."""
    problems = said(ENOUGH, file="[web]\nprot = 1\n[weather]\nsunny = true\n")
    assert problems == [
        "web.prot: there is no such setting; did you mean web.port?",
        "weather.sunny: there is no such setting; config.example.toml has every key there is",
    ]


def test_a_file_that_is_no_toml_is_told_with_its_line() -> None:
    """The parser's own place in the file is passed on."""
    assert "line 1" in said(ENOUGH, file="[web\n")[0]


def test_no_problem_contains_a_secret() -> None:
    """What is wrong with a secret is told without it, in a traceback too."""
    wrong = {"SESSION_SECRET": "canary", "DISCORD_TOKEN": "canary", "HEYBUDDY_DISCORD__TOKEN": "canary"}
    with pytest.raises(SettingsError) as caught:
        load(environment=wrong)
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_settings_show_no_secret() -> None:
    """Whoever logs them by mistake has told nothing."""
    settings = load(environment=ENOUGH | VIDEO)
    assert SECRET not in repr(settings)
    assert "a-token" not in repr(settings)
    assert "a-token" not in str(settings.discord)


def test_settings_never_change() -> None:
    """Every part reads the same."""
    settings = load(environment=ENOUGH)
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1


@pytest.mark.parametrize(
    ("url", "api_url"),
    [("wss://video.example.org", "https://video.example.org"), ("ws://localhost:7880", "http://localhost:7880")],
)
def test_livekits_own_address_follows_from_the_browsers(url: str, api_url: str) -> None:
    """One address is enough unless the two differ."""
    settings = load(environment=ENOUGH | VIDEO | {"LIVEKIT_URL": url})
    assert settings.livekit is not None
    assert settings.livekit.api_url == api_url


@pytest.mark.parametrize("url", ["ws://localhost:7880", "ws://127.0.0.1:7880", "ws://[::1]:7880"])
def test_on_this_machine_a_short_livekit_secret_will_do(url: str) -> None:
    """LiveKit's development mode has one."""
    settings = load(environment=ENOUGH | VIDEO | {"LIVEKIT_URL": url, "LIVEKIT_API_SECRET": "secret"})
    assert settings.livekit is not None


def test_a_process_needs_only_what_its_parts_need() -> None:
    """A page replica needs no Discord token."""
    without_token = {name: value for name, value in ENOUGH.items() if name != "DISCORD_TOKEN"}
    assert load(environment=without_token, parts=[Part.WEB]).discord.token == ""
    assert said(without_token)[0].startswith("discord.token: is missing")


def test_settings_know_their_secrets() -> None:
    """Every key that is a secret is among what the logs hide."""
    settings = load(environment=ENOUGH | VIDEO | {"LIVEKIT_API_SECRET": "y" * 32})
    assert set(settings.secrets()) == {"a-token", SECRET, "y" * 32}
    assert len(settings.secrets()) == sum(key.secret for key in KEYS)


def test_every_key_has_its_field_and_the_reverse() -> None:
    """The table of keys and the dataclasses say the same."""
    settings: Settings = load(environment=ENOUGH | VIDEO)
    fields = {f"{section}.{field}" for section, part in vars(settings).items() for field in vars(part)}
    assert {key.name for key in KEYS} == fields

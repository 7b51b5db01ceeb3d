"""Names that are nearly those of settings: the right one is named, and nothing that follows from the wrong one."""

import pytest

from bot.config import load_settings
from tests.config.test_load import REQUIRED, SECRET, VIDEO, problems_of

PAGE = "https://study.example.org"


def without(name: str) -> dict[str, str]:
    """All variables that are required, but for this one."""
    return {key: value for key, value in (REQUIRED | VIDEO).items() if key != name}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("HEYBUDDY_WEB__PROT", "HEYBUDDY_WEB__PORT"),
        ("HEYBUDDY_WEB_PORT", "HEYBUDDY_WEB__PORT"),
        ("HEYBUDDY__WEB__PORT", "HEYBUDDY_WEB__PORT"),
        ("HEYBUDDYWEBPORT", "HEYBUDDY_WEB__PORT"),
        ("HEY_BUDDY_WEB__PORT", "HEYBUDDY_WEB__PORT"),
        ("heybuddy_web__port", "HEYBUDDY_WEB__PORT"),
        ("HEYBUDDY_WEB.PORT", "HEYBUDDY_WEB__PORT"),
        ("HEYBUDDY_STORE_DATABASE", "HEYBUDDY_STORE__DATABASE"),
        ("HEYBUDDY_WEB__PORT_FILE", "HEYBUDDY_WEB__PORT"),
        ("HEYBUDDY_DISCORD_TOKEN_FILE", "HEYBUDDY_DISCORD__TOKEN_FILE"),
    ],
)
def test_a_variable_that_is_written_as_if_it_were_ours(wrong: str, right: str) -> None:
    """It would be overlooked without a word."""
    assert problems_of(REQUIRED | {wrong: "1"}) == [f"{wrong}: there's no such setting; did you mean {right}?"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HEYBUDDY_PORT", "tcp://10.96.0.7:8080"),
        ("HEYBUDDY_WEB_PORT", "tcp://10.96.0.7:8080"),
        ("HEYBUDDY_WEB_PORT_8080_UDP", "udp://10.96.0.7:8080"),
        ("HEYBUDDY_SERVICE_HOST", "10.96.0.7"),
        ("HEYBUDDY_SERVICE_PORT", "8080"),
        ("HEYBUDDY_PORT_8080_TCP_PROTO", "tcp"),
        ("HEYBUDDY_VERSION", "0.2.0"),
        ("HEYBUDDY_IMAGE", "heybuddy:latest"),
        ("HEYBUDDY_WEB_PORT", ""),
        ("WEB_PORT", "8080"),
        ("DISCORD_TOKN", "of another bot"),
        ("LIVEKIT_API_KEYS", "of another program"),
    ],
)
def test_variables_of_others(name: str, value: str) -> None:
    """What Kubernetes, an image or another program sets beside ours stops nobody."""
    load_settings(environment=REQUIRED | VIDEO | {name: value})


@pytest.mark.parametrize(
    ("wrong", "right", "key"),
    [
        ("DISCORD_TOKN", "DISCORD_TOKEN", "discord.token"),
        ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN", "discord.token"),
        ("discord_token", "DISCORD_TOKEN", "discord.token"),
        ("DISCORD_TOKENFILE", "DISCORD_TOKEN_FILE", "discord.token"),
        ("SESSION_SECRETS", "SESSION_SECRET", "web.session_secret"),
        ("LIVEKIT_SECRET", "LIVEKIT_API_SECRET", "livekit.api_secret"),
        ("LIVEKIT_APIKEY", "LIVEKIT_API_KEY", "livekit.api_key"),
        ("HEYBUDDY_TOKEN", "DISCORD_TOKEN", "discord.token"),
        ("BOT_TOKEN", "DISCORD_TOKEN", "discord.token"),
        ("DISCORD_TOKEN_PATH", "DISCORD_TOKEN_FILE", "discord.token"),
    ],
)
@pytest.mark.parametrize("file", [None, 'discord.token = ""\nweb.session_secret = ""\nlivekit.api_key = ""'])
def test_a_variable_that_may_be_meant_for_a_missing_one(wrong: str, right: str, key: str, file: str | None) -> None:
    """Also where `heybuddy init` has left it empty. It is a guess only: other programs have variables too."""
    filled = {"DISCORD_TOKEN": "a-token", "SESSION_SECRET": SECRET, "HEYBUDDY_PRIVACY__KEY": SECRET} | VIDEO
    given = {name: value for name, value in filled.items() if not right.startswith(name)}
    environment = given | {wrong: "canary", "HEYBUDDY_WEB__PUBLIC_URL": PAGE}
    said = f"{key}: is missing, and there is a variable {wrong}: did you mean {right}?"
    assert problems_of(environment, file=file) == [said]


def test_the_name_that_compose_yaml_has_for_the_address() -> None:
    """It stands in the file .env beside it."""
    [found] = problems_of(without("HEYBUDDY_WEB__PUBLIC_URL") | {"PUBLIC_URL": PAGE})
    assert found.endswith("there is a variable PUBLIC_URL: did you mean HEYBUDDY_WEB__PUBLIC_URL?")


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "TOKENS", "DATABASE_URL", "MAIL_SECRET", "SECRET"])
def test_a_variable_that_has_a_word_in_common(name: str) -> None:
    """It is of another program."""
    assert "there is a variable" not in "".join(problems_of({name: "x"}))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[log]\nport = 1", "log.port: there's no such setting; did you mean web.port?"),
        ("[log]\nurl = 'x'", "log.url: there's no such setting; did you mean livekit.url?"),
        ("web.url = 'x'", "web.url: there's no such setting; did you mean web.public_url?"),
        ("web.secret = 'x'", "web.secret: there's no such setting; did you mean web.session_secret?"),
        ("Matching.style = 1", "Matching.style: there's no such setting; did you mean matching.weight_style?"),
        ("discord.bot_token = 'x'", "discord.bot_token: there's no such setting; did you mean discord.token?"),
        ("port = 1", "port: there's no such setting; did you mean web.port?"),
        ("[Web]\nport = 1", "Web.port: there's no such setting; did you mean web.port?"),
        (
            "web.trusted-proxies = []",
            "web.trusted-proxies: there's no such setting; did you mean web.trusted_proxies?",
        ),
        ("web.prot = 1", "web.prot: there's no such setting; did you mean web.port?"),
        ("discord.tokens.main = 'x'", "discord.tokens.main: there's no such setting; did you mean discord.token?"),
        (
            "[log]\nlevel = 'info'\nweb.port = 1",
            "web.port: stands under [log] and so would mean log.web.port: move it above the first line in brackets",
        ),
        ("[web]\nweb.port = 1", "web.port: stands under [web] and so would mean web.web.port: write port there"),
        ("web = 5", "web: is a section, not a setting: write its settings, such as web.public_url"),
        ("[[web]]\nport = 1", "web: is a section, not a setting: write its settings, such as web.public_url"),
    ],
)
def test_a_key_in_the_file(line: str, problem: str) -> None:
    """A misspelled key, or one in another section, would otherwise silently mean the default."""
    assert problems_of(REQUIRED, file=line) == [f"{problem} (in some.toml)"]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("DISCORD_TOKEN", "[web]\ntoken = 'x'"),
        ("DISCORD_TOKEN", "discord.tokne = 'x'\ndiscord.token = ''"),
        ("HEYBUDDY_WEB__PUBLIC_URL", "web.public-url = 'x'"),
        ("LIVEKIT_API_SECRET", "livekit.api_sceret = 'x'"),
    ],
)
def test_what_is_misspelled_is_not_missing_as_well(name: str, file: str) -> None:
    """One mistake is one problem."""
    [problem] = problems_of(without(name), file=file)
    assert "there's no such setting; did you mean" in problem


def test_a_wrong_value_beside_a_misspelled_name_is_a_problem() -> None:
    """Both are mistakes."""
    found = problems_of(REQUIRED | {"HEYBUDDY_WEB_PORT": "1"}, file="web.port = 'many'")
    assert [problem.partition(":")[0] for problem in found] == ["HEYBUDDY_WEB_PORT", "web.port"]


def test_a_misspelled_key_of_the_command_line() -> None:
    """The same sentence as in the file."""
    found = problems_of(REQUIRED, overrides={"log.port": "1"})
    assert found == ["log.port: there's no such setting; did you mean web.port? (from --set)"]

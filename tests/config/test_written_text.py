"""A copied token or secret: its fault is named by the cause, and its content never."""

from pathlib import Path

import pytest

from bot.config import load_settings
from tests.config.test_load import REQUIRED, SECRET, VIDEO, problems_of

TOKEN = "MTIz.abc.def-ghi"
COPY_IT = "; copy the bot's token from the page Bot of your application"
NAMED = "starts with a name and =: keep only what comes after"
LINES = "has more than one line: keep only the one you need"
QUOTED = "has quotation marks around it that count as part of it: remove them"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f"Bot {TOKEN}", 'starts with "Bot", which heybuddy adds by itself' + COPY_IT),
        (f"bearer\t{TOKEN}", 'starts with "bearer", which heybuddy adds by itself' + COPY_IT),
        (f'"{TOKEN}"', QUOTED),
        (f"“{TOKEN}”", QUOTED),
        (f"'{TOKEN}'", QUOTED),
        (f'"{TOKEN}', "has a quotation mark in it" + COPY_IT),
        (f"DISCORD_TOKEN={TOKEN}", NAMED),
        (f"export DISCORD_TOKEN='{TOKEN}'", NAMED),
        (f"token={TOKEN}", "has an = in it, which no token has" + COPY_IT),
        ("MTIz .abc.def-ghi", "has a space in it" + COPY_IT),
        ("MTIz\u00a0.abc.def-ghi", "has a space in it" + COPY_IT),
        (f"{TOKEN}\n{TOKEN}", LINES),
        (f"# the token\n{TOKEN}", LINES),
        ("MTIz.abc\r\n.def-ghi", LINES),
        ("MTIz.abc\u2028.def-ghi", LINES),
        ("MTIz.abc\u200b.def-ghi", "has an invisible character in it (U+200B)"),
        (f"\ufeff{TOKEN}\ufeff", "has an invisible character in it (U+FEFF)"),
        ("MTIz.abc\x07.def-ghi", "has an invisible character in it (U+0007)"),
        ("MTIz.abc….def-ghi", "has the character … in it (U+2026), which no token has" + COPY_IT),
        ("…", "isn't filled in yet" + COPY_IT),
    ],
)
def test_a_token_as_it_is_copied(tmp_path: Path, content: str, reason: str) -> None:
    """In a file, a variable or the settings' file: one problem, which says where it is and does not repeat it."""
    secret, settings = tmp_path / "token", tmp_path / "config.toml"
    secret.write_text(content, encoding="utf-8")
    escaped = "".join(f"\\U{ord(character):08x}" for character in content)
    settings.write_text(f'discord.token = "{escaped}"', encoding="utf-8")
    without = REQUIRED | {"DISCORD_TOKEN": ""}
    found = {
        f"in {secret}, which DISCORD_TOKEN_FILE names": problems_of(without | {"DISCORD_TOKEN_FILE": str(secret)}),
        "from DISCORD_TOKEN": problems_of(REQUIRED | {"DISCORD_TOKEN": content}),
        "in some.toml": problems_of(without, file=settings.read_text()),
    }
    for origin, [problem] in found.items():
        if content.startswith("\ufeff") and "_FILE" in origin:  # there it is a mark, and only the last one counts
            continue
        assert problem.startswith(f"discord.token: {reason}")
        assert problem.endswith(f" ({origin})")
        assert "MTI" not in problem


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"SESSION_SECRET": f"{SECRET}\n{SECRET}"}, f"web.session_secret: {LINES}"),
        ({"SESSION_SECRET": f"SESSION_SECRET={SECRET}"}, f"web.session_secret: {NAMED}"),
        ({"SESSION_SECRET": f'"{SECRET}"'}, f"web.session_secret: {QUOTED}"),
        ({"SESSION_SECRET": f"{SECRET}\udcff"}, "web.session_secret: isn't text in UTF-8: type it again"),
        (VIDEO | {"LIVEKIT_API_SECRET": f"{SECRET}\n{SECRET}"}, f"livekit.api_secret: {LINES}"),
        (VIDEO | {"LIVEKIT_API_SECRET": f"LIVEKIT_API_SECRET = {SECRET}"}, f"livekit.api_secret: {NAMED}"),
        (VIDEO | {"LIVEKIT_API_KEY": "API\u200bx2y"}, "livekit.api_key: has an invisible character in it (U+200B)"),
        (
            VIDEO | {"LIVEKIT_API_KEY": "…"},
            "livekit.api_key: isn't filled in yet; copy the key from LiveKit's configuration",
        ),
        (VIDEO | {"LIVEKIT_URL": "“wss://video.example.org”"}, f"livekit.url: {QUOTED}"),
        ({"HEYBUDDY_STORE__DATABASE": "sqlite:///a\nb"}, f"store.database: {LINES}"),
        ({"HEYBUDDY_STORE__DATABASE": "'sqlite:///a'"}, f"store.database: {QUOTED}"),
    ],
)
def test_other_texts_as_they_are_copied(variables: dict[str, str], problem: str) -> None:
    """The same faults have the same names, whatever the text is for."""
    [found] = problems_of(REQUIRED | variables)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    "secret", [f"{SECRET}==", f"it's {SECRET}", f"a=b {SECRET}", f"pass phrase “of” {SECRET} é", f"x'{SECRET}'"]
)
def test_secrets_may_have_any_form(secret: str) -> None:
    """Blanks, equals signs and quotation marks inside are part of it."""
    settings = load_settings(environment=REQUIRED | {"SESSION_SECRET": secret})
    assert settings.web.session_secret == secret


@pytest.mark.parametrize("written", [b"\xef\xbb\xbf%s\r\n", b"  %s\t\n\n", b"%s"])
def test_what_does_no_harm_around_a_secret(tmp_path: Path, written: bytes) -> None:
    """A mark of UTF-8, blanks and line ends around it are no part of it."""
    file = tmp_path / "token"
    file.write_bytes(written % TOKEN.encode())
    settings = load_settings(environment=REQUIRED | {"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": str(file)})
    assert settings.discord.token == TOKEN


def test_a_secret_without_quotes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of digits only is a number in TOML; it is not said to be too short."""
    monkeypatch.chdir(tmp_path)
    [found] = problems_of(REQUIRED | {"SESSION_SECRET": ""}, file=f"web.session_secret = {'9' * 35}")
    assert found.startswith("web.session_secret: isn't text, which is in quotes; write at least 32 random bytes")
    assert "999" not in found

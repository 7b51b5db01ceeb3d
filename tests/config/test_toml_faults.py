"""A file that is not TOML: the line and the cause are named, the content is not."""

# ruff: noqa: RUF001 -- quotation marks of word processors are what is tested

import pytest

from tests.config.test_load import problems_of

LOG = '[log]\nlevel = "info"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("discord.token = “canary”", " in line 1: “ isn't a quotation mark in TOML; use the straight one, \""),
        ('discord.token = "canary”', " in line 1: ” isn't a quotation mark in TOML; use the straight one, \""),
        ("discord.token = ‘canary’", " in line 1: ‘ isn't a quotation mark in TOML; use the straight one, \""),
        ("discord.token = «canary»", " in line 1: « isn't a quotation mark in TOML; use the straight one, \""),
        ("discord.token = `canary`", " in line 1: ` isn't a quotation mark in TOML; use the straight one, \""),
        (
            '\n\u00a0discord.token = "canary"',
            " in line 2: it has an unusual or invisible space (U+00A0); type the line again",
        ),
        (
            'discord.token\u3000= "canary"',
            " in line 1: it has an unusual or invisible space (U+3000); type the line again",
        ),
        (
            'discord.token\u200b = "canary"',
            " in line 1: it has an unusual or invisible space (U+200B); type the line again",
        ),
        (
            '# ok\n\ufeffweb.host = "canary"',
            " in line 2: it has an unusual or invisible space (U+FEFF); type the line again",
        ),
        (
            "discord.token = canary # “copied”",
            " in line 1: what follows the = isn't a value; text has to be in quotes",
        ),
        ("discord.token =", " in line 1: what follows the = isn't a value; text has to be in quotes"),
        ("web.port = True", " in line 1: what follows the = isn't a value; text has to be in quotes"),
        ("web.host = 127.0.0.1", " in line 1: something follows the value; text has to be in quotes"),
        (
            'discord.token = "canary" canary',
            " in line 1: something follows the value; text has to be in quotes",
        ),
        ('discord.token = "canary",', " in line 1: nothing may follow the value: remove the comma or semicolon at"),
        ("discord.token = 'canary'; # x", " in line 1: nothing may follow the value: remove the comma or semicolon"),
        ("matching.weight_subject = 0,4", " in line 1: a decimal number has a point, not a comma"),
        ("web.port = 08080", " in line 1: a number doesn't begin with 0"),
        ("; canary", " in line 1: a comment begins with #"),
        ("// canary", " in line 1: a comment begins with #"),
        ("web.port = 8080 // canary", " in line 1: a comment begins with #"),
        ("web.trusted_proxies = [127.0.0.1]", " in line 1: a list isn't as it should be: each text in it is in quotes"),
        ('web.trusted_proxies = ["canary"', ": a list isn't as it should be: each text in it is in quotes"),
        ('web.trusted_proxies = ["canary" "x"]', " in line 1: a list isn't as it should be: each text"),
        ('discord.token = "canary', " in line 1: a closing quotation mark is missing"),
        ("discord.token = 'canary", ": a closing quotation mark is missing"),
        ('discord.token = """canary', ": a closing quotation mark is missing"),
        ("discord.token: canary", " in line 1: write KEY = VALUE"),
        ("canary", " in line 1: write KEY = VALUE"),
        ("web.port = 1\nweb.port = 2", " in line 2: this key is set above already; keep one of the two"),
        (f"{LOG}level = 'canary'", " in line 3: this key is set above already; keep one of the two"),
        (f"{LOG}[log]\nlevel = 'canary'", " in line 3: there are settings of log above already; put these beside them"),
        (
            "web.port = 1\n[web]\nhost = ''",
            " in line 2: there are settings of web above already; put these beside them",
        ),
        ('store.database = "C:\\data"', " in line 1: write a backslash twice within \"…\", or put the text in '…'"),
        ('store.database = "C:\\Users"', " in line 1: write a backslash twice within \"…\", or put the text in '…'"),
        ("web.port = " + "[" * 2000, ": too many brackets within each other"),
        ("web.port = " + "1" * 5000, ": "),
        ("[log", " in line 1: "),
        ("= 1", " in line 1: "),
        ("log.level = 1999-13-40", " in line 1: "),
    ],
)
def test_the_cause_is_named(text: str, problem: str) -> None:
    """And only the cause: whatever is missing may well stand in the file."""
    [found] = problems_of({}, file=text)
    assert found.startswith(f"some.toml: isn't valid TOML{problem}")
    assert "canary" not in found

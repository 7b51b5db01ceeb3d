"""What can stand in the place of Discord, and what a check says then."""

from tests.check.misled import API_BASE, JSON, Cases, answer_with, changed, leading, leading_to_discord

ELSE = "discord.api_base: something other than Discord answers"
LEAVE_OUT = "correct discord.api_base, or leave it out"
UNREACHED = "discord.api_base: Discord can't be reached:"
LOGIN_PAGE = "<h1>Campus network: log in</h1>"

CASES: Cases = {
    "another token": (changed(DISCORD_TOKEN="another"), ["discord.token: Discord doesn't know this token: copy it"]),
    "a login page with 401": (
        leading(API_BASE, answer_with(401, LOGIN_PAGE)),
        [f"{ELSE} (status 401): {LEAVE_OUT}"],
    ),
    "a login page with 200": (
        leading(API_BASE, answer_with(200, LOGIN_PAGE)),
        [f"{ELSE} (status 200): {LEAVE_OUT}"],
    ),
    "null": (leading(API_BASE, answer_with(200, "null", JSON)), [f"{ELSE} (status 200): {LEAVE_OUT}"]),
    "a redirect": (leading(API_BASE, answer_with(302, Location="/login")), [f"{ELSE} (status 302): {LEAVE_OUT}"]),
    "another path": (
        leading_to_discord("/api/v9"),
        ["discord.api_base: Discord doesn't answer at this address (status 404): correct it, or leave it out"],
    ),
    "a proxy that doesn't reach it": (
        leading(API_BASE, answer_with(502)),
        ["discord.api_base: what answers there has trouble, or doesn't reach Discord (status 502): see its log"],
    ),
    "a pause": (
        leading(API_BASE, answer_with(429, Retry_After="300")),
        ["discord.api_base: Discord asks this machine's address to wait (status 429): check again in 5 min"],
    ),
    "silence": (
        leading(API_BASE, None),
        [f"{UNREACHED} it accepts the connection and then says nothing; see the log of what runs there"],
    ),
    "a closed connection": (
        leading(API_BASE, b""),
        [f"{UNREACHED} it closes the connection without an answer; is it the right port?"],
    ),
    "no HTTP": (
        leading(API_BASE, b"SSH-2.0-OpenSSH_9.6\r\n"),
        [f"{UNREACHED} what it answers isn't HTTP; is it the right port?"],
    ),
    "half an answer": (
        leading(API_BASE, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
        [f"{UNREACHED} it breaks off in the middle of its answer; see the log of what runs there"],
    ),
    "an unknown name": (
        changed(**{API_BASE: "https://nowhere.invalid"}),
        [f"{UNREACHED} DNS doesn't know that name; is it written right?"],
    ),
    "an impossible name": (
        changed(**{API_BASE: f"https://{'a' * 64}.example"}),
        ["discord.api_base: has a name that no server can have; write an address such as https://discord.com/api/v10"],
    ),
    "commands that are null": (
        leading_to_discord(answers={"/applications/7/commands": None}),
        [f"commands: can't be compared, because something other than Discord answers (status 200): {LEAVE_OUT}"],
    ),
    "an application without an id": (
        leading_to_discord(answers={"/oauth2/applications/@me": {}}),
        ["commands: can't be compared, because something other than Discord answers (status 200)"],
    ),
}

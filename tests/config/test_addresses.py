"""Addresses in settings: every spelling means one thing, or is refused by its key with the reason."""

import pytest

from bot.config import LiveKitSettings, WebSettings, load_settings
from tests.config.test_load import REQUIRED, SECRET, VIDEO, problems_of

PUBLIC_URL = "HEYBUDDY_WEB__PUBLIC_URL"
API_BASE = "HEYBUDDY_DISCORD__API_BASE"
HOST = "HEYBUDDY_WEB__HOST"
PROXIES = "HEYBUDDY_WEB__TRUSTED_PROXIES"
DATABASE = "HEYBUDDY_STORE__DATABASE"


def load_web(**variables: str) -> WebSettings:
    """The section [web] with these variables."""
    return load_settings(environment=REQUIRED | variables).web


def load_livekit(**variables: str) -> LiveKitSettings:
    """The section [livekit] with these variables."""
    livekit = load_settings(environment=REQUIRED | VIDEO | variables).livekit
    assert livekit
    return livekit


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("https://Study.Example.org", "https://study.example.org"),
        (" https://study.example.org:443/ ", "https://study.example.org"),
        ("https://study.example.org.", "https://study.example.org"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("https://[2001:DB8::0:1]:8443", "https://[2001:db8::1]:8443"),
        ("HTTP://LocalHost:80", "http://localhost"),
    ],
)
def test_the_page_has_one_address(written: str, normal: str) -> None:
    """The one that browsers send back to us."""
    assert load_web(**{PUBLIC_URL: written}).public_url == normal


def test_livekits_addresses_have_one_form() -> None:
    """Both of them, so that they can be compared."""
    livekit = load_livekit(LIVEKIT_URL="WSS://Video.Example.org:443/")
    assert (livekit.url, livekit.api_url) == ("wss://video.example.org", "https://video.example.org")
    livekit = load_livekit(HEYBUDDY_LIVEKIT__API_URL="HTTP://LiveKit:80/")
    assert livekit.api_url == "http://livekit"


def test_discords_address_is_the_usual_one_in_any_spelling() -> None:
    """Otherwise it would be taken for a stand-in, with other advice."""
    usual = load_settings(environment=REQUIRED).discord.api_base
    for written in ("https://Discord.com/api/v10", "https://discord.com:443/api/v10/"):
        assert load_settings(environment=REQUIRED | {API_BASE: written}).discord.api_base == usual


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({PUBLIC_URL: "study.example.org"}, "web.public_url: doesn't start with https://; write the page's"),
        ({PUBLIC_URL: "wss://study.example.org"}, "web.public_url: doesn't start with https://; write the page's"),
        ({PUBLIC_URL: "https://study. example.org"}, "web.public_url: has a space in it; write the page's address"),
        ({PUBLIC_URL: "https://me:pw@a.org"}, "web.public_url: has a user name before an @; write"),
        ({PUBLIC_URL: '"https://study.example.org"'}, "web.public_url: has quotation marks around it that count"),
        ({PUBLIC_URL: "https://study.example.org?"}, "web.public_url: goes on with ? or #; write"),
        (
            {API_BASE: "https://discord.com"},
            "discord.api_base: doesn't end in /v10; write an address such as https://d",
        ),
        ({API_BASE: "https://discord.com/api"}, "discord.api_base: doesn't end in /v10; write"),
        ({API_BASE: "https://ptb.discord.com/api/v9"}, "discord.api_base: doesn't end in /v10; write"),
        ({API_BASE: "http://discordapp.com/api/v10"}, "discord.api_base: would send the token unencrypted; write"),
        (
            VIDEO | {"LIVEKIT_URL": "wss://[2001:db8::1]"},
            "livekit.url: has an IPv6 address, which the page's rules for",
        ),
        ({PUBLIC_URL: "https://https://study.example.org"}, "web.public_url: starts with a scheme twice; write"),
        (VIDEO | {"LIVEKIT_URL": "video.example.org"}, "livekit.url: doesn't start with wss://; write LiveKit's"),
        (VIDEO | {"LIVEKIT_URL": "wss://[::1"}, "livekit.url: has too many colons"),
        ({HOST: "http://127.0.0.1"}, "web.host: is more than a name or an IP address; the port has a key of its own;"),
        ({HOST: "127.0.0.1:8080"}, "web.host: is more than a name or an IP address; the port has a key of its own;"),
        ({HOST: "*"}, "web.host: has a name that no server can have; write an address of this machine"),
        ({HOST: "my host"}, "web.host: has a name that no server can have; write"),
        (
            {PROXIES: "10.0.0.5/8"},
            "web.trusted_proxies: 10.0.0.5/8 has host bits set: write 10.0.0.0/8",
        ),
        ({PROXIES: "fd00::5/8"}, "web.trusted_proxies: fd00::5/8 has host bits set: write fd00::/8"),
        ({PROXIES: "127.0.0.1:443"}, "web.trusted_proxies: '127.0.0.1:443' is neither an IP address nor a network;"),
        ({PROXIES: "nginx"}, "web.trusted_proxies: 'nginx' is neither an IP address nor a network; write addresses"),
        ({DATABASE: "sqlite:///a.db?mode=ro"}, "store.database: has a ? in it, but takes no options after the path;"),
        (
            {DATABASE: "sqlite://a.db"},
            "store.database: doesn't start with sqlite:/// or postgresql://; write sqlite:///PATH",
        ),
        (
            {DATABASE: "/var/lib/a.db"},
            "store.database: doesn't start with sqlite:/// or postgresql://; write sqlite:///PATH",
        ),
        ({DATABASE: "sqlite:///:memory:"}, "store.database: would keep nothing: the database has to be a file;"),
        ({DATABASE: "sqlite:///~/a.db"}, "store.database: starts with ~ or $, which only a shell replaces;"),
        ({DATABASE: "sqlite:///$HOME/a.db"}, "store.database: starts with ~ or $, which only a shell replaces;"),
        ({DATABASE: "postgresql://a"}, "store.database: names no database"),
        ({DATABASE: "postgresql://a/"}, "store.database: names no database"),
        ({DATABASE: "postgresql://me:se#cret@a/b"}, "store.database: has a # in it; write it as %23"),
        ({DATABASE: "postgresql://a/b?sslmode=on"}, "store.database: has sslmode=on; write one of disable, allow"),
        ({DATABASE: "postgresql://a/b?sslmode"}, "store.database: can't be taken apart; write special signs in it as"),
        (
            {DATABASE: "postgresql://me:12/cret@a:5432/b"},
            "store.database: has a special sign in the password: write / as",
        ),
        ({DATABASE: "postgresql://me:p@ss/word@a/b"}, "store.database: has a special sign in the password: write / as"),
        ({DATABASE: "postgresql://me:p@ss@a/b"}, "store.database: has a special sign in the password: write / as"),
        ({DATABASE: "postgresql://me@a/b?sslpassword=hush"}, "store.database: has the password behind the ?, where"),
        ({DATABASE: "postgresql://me@a:5432:5432/b"}, "store.database: has a port that isn't a number"),
        ({DATABASE: "postgresql://me@a:5432,b:no/c"}, "store.database: has a port that isn't a number from 1 to 65535"),
        ({DATABASE: "postgresql://[::1/b"}, "store.database: can't be taken apart"),
    ],
)
def test_what_is_no_address_here(variables: dict[str, str], problem: str) -> None:
    """One problem, which names the key, the reason and what to write."""
    [found] = problems_of(REQUIRED | variables)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("postgres://a/b", "postgresql://a/b"),
        ("PostgreSQL://Me:Pass@a:5432/b", "postgresql://Me:Pass@a:5432/b"),
        ("postgresql://me@[::1]:5432/b?sslmode=verify-full", "postgresql://me@[::1]:5432/b?sslmode=verify-full"),
        (
            "postgresql://me@a:1,b:2/c?target_session_attrs=read-write",
            "postgresql://me@a:1,b:2/c?target_session_attrs=read-write",
        ),
        ("postgresql://me@/b?host=/run/postgresql", "postgresql://me@/b?host=/run/postgresql"),
        ("postgresql:///?host=/run/postgresql&dbname=b", "postgresql:///?host=/run/postgresql&dbname=b"),
    ],
)
def test_the_address_of_a_postgresql_database(written: str, kept: str) -> None:
    """It stays as it was written, but for its scheme; the password is a secret of which the log knows."""
    settings = load_settings(environment=REQUIRED | {DATABASE: written})
    assert settings.store.database == kept
    assert ("Pass" in settings.secrets()) == ("Pass" in written)


@pytest.mark.parametrize(
    "written", ["http://127.0.0.1:8080", "http://proxy:8080/api/v10", "https://rest.example.org/discord"]
)
def test_a_stand_in_for_discord_may_have_any_path(written: str) -> None:
    """It decides itself how it leads on."""
    assert load_settings(environment=REQUIRED | {API_BASE: written}).discord.api_base == written


@pytest.mark.parametrize(
    ("written", "host"),
    [("[::1]", "::1"), ("0:0::1", "::1"), ("LocalHost", "localhost"), ("0.0.0.0", "0.0.0.0"), ("::", "::")],  # noqa: S104 -- nothing listens
)
def test_the_place_to_listen_at(written: str, host: str) -> None:
    """As the system takes it: without brackets."""
    assert load_web(**{HOST: written}).host == host


@pytest.mark.parametrize(
    ("written", "networks"),
    [
        ("10.0.0.0/8", ("10.0.0.0/8",)),
        ("10.0.0.0/255.0.0.0", ("10.0.0.0/8",)),
        ("127.0.0.1,::1", ("127.0.0.1/32", "::1/128")),
        ("127.0.0.1 ; [::1]", ("127.0.0.1/32", "::1/128")),
        ('["10.0.0.0/8"]', ("10.0.0.0/8",)),
        ("['10.0.0.0/8', \"[::1]\"]", ("10.0.0.0/8", "::1/128")),
        (" [127.0.0.1, ::1] ", ("127.0.0.1/32", "::1/128")),
        ("[::1],[::2]", ("::1/128", "::2/128")),
        ("[]", ()),
        ("FD00:0::/8", ("fd00::/8",)),
        ("::ffff:10.0.0.0/104", ("10.0.0.0/8",)),
        ("::ffff:127.0.0.1", ("127.0.0.1/32",)),
        ("::/0", ("::/0",)),
        ("fe80::1%eth0", ("fe80::1/128",)),
    ],
)
def test_one_network_has_several_spellings(written: str, networks: tuple[str, ...]) -> None:
    """All of them trust the same proxies."""
    assert load_web(**{PROXIES: written}).trusted_proxies == networks


@pytest.mark.parametrize(
    ("written", "database"),
    [("SQLite:///a.db", "sqlite:///a.db"), ("sqlite:////var/lib/Ä #1.db", "sqlite:////var/lib/Ä #1.db")],
)
def test_the_path_of_the_database_stays(written: str, database: str) -> None:
    """Only the scheme has no capitals."""
    assert load_settings(environment={"SESSION_SECRET": SECRET, DATABASE: written}, parts=()).store.database == database

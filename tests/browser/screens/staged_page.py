"""The page on a stage: stand-ins for our server and LiveKit, so that every screen is one step away."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route

from bot.domain.report import REPORTABLE_FOR, WORDS_AT_MOST
from bot.words import words_for
from web.problems import TEXT_PARTS, TEXT_VALUES

DIST = Path(__file__).parents[3] / "web" / "page" / "dist"
LIVEKIT_STAND_IN = Path(__file__).with_name("livekit_stand_in.js")
ADDRESS = "http://localhost:9"  # never reached: every request is answered here
PARTNER = "Maria-Magdalena Wasserhövel-Österreicher"
WHY = "You both want to study Linear algebra quietly, for 50 minutes, in English."

REPORT_TOKEN = "seat.signature"
WAY = {"url": "ws://localhost:9", "token": "token", "expires_at": "2030-01-01T00:00:00Z"}


def in_minutes(minutes: float) -> str:
    """The time in so many minutes, as our server writes it; negative for the past."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


def problem(code: str, **details: object) -> dict[str, Any]:
    """What our server answers with the problem `code`."""
    words = words_for()
    texts = {part: words(f"problems.{code}.{part}", **TEXT_VALUES) for part in TEXT_PARTS}
    return {"code": code, **texts, **details}


def view(*, state: str = "inviting", **changes: Any) -> dict[str, Any]:
    """A view of the session; `partner` and `times` change single fields of theirs."""
    partner = {"name": PARTNER, "present": False, "came": False, "left": False, **changes.pop("partner", {})}
    names = "notified_at reminded_at met_at meeting_counts_at ends_at closes_at parted_at ended_at left_at undo_until"
    times = dict.fromkeys(names.split()) | {
        "now": in_minutes(0),
        "matched_at": in_minutes(-2),
        "notified_at": in_minutes(-2),
        "reminder_due_at": in_minutes(2),
        "another_at": in_minutes(5),
    }
    whole = {"seat": "seat", "version": 1, "ended_as": None, "requeued": None, "me": {"name": "Noor", "came": True}}
    whole |= {
        "state": state,
        "trial": False,
        "length": 50,
        "why": WHY,
        "undo_seconds": 10,
        "empty_minutes": 5,
        "longest_report": WORDS_AT_MOST,
        "report_token": REPORT_TOKEN,
        "report_days": REPORTABLE_FOR.days,
        "hides_partner_video": False,
        "chat_url": f"{ADDRESS}/chat",
    }
    return {**whole, **changes, "partner": partner, "times": {**times, **changes.pop("times", {})}}


def met(minutes_ago: float = 20, **changes: Any) -> dict[str, Any]:
    """The view of a meeting that began so many minutes ago."""
    times = {
        "another_at": None,
        "met_at": in_minutes(-minutes_ago),
        "meeting_counts_at": in_minutes(1 - minutes_ago),
        "ends_at": in_minutes(50 - minutes_ago),
        "closes_at": in_minutes(60 - minutes_ago),
    }
    partner = {"present": True, "came": True, **changes.pop("partner", {})}
    return view(**{"state": "meeting", **changes, "partner": partner, "times": {**times, **changes.get("times", {})}})


@dataclass(kw_only=True)
class StagedPage:
    """One tab. `answers` are our server's by method and path; a dict with a `code` is a problem.

    `answers_after` are those that a request brings with it: they replace others as soon as it is answered.
    """

    page: Page
    answers: dict[str, Any] = field(default_factory=dict)
    answers_after: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def prepare(self) -> None:
        """Answer every request of the tab here."""
        manifest = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
        files: Mapping[str, Mapping[str, str]] = manifest["files"]

        async def answer(route: Route) -> None:
            path = route.request.url.removeprefix(ADDRESS)
            if path in {"/j", "/room"}:
                entry = manifest["documents"]["en"]
                await route.fulfill(body=(DIST / entry["path"]).read_bytes(), content_type=entry["type"])
            elif path.startswith("/assets/livekit"):
                await route.fulfill(path=LIVEKIT_STAND_IN, content_type="text/javascript")
            elif path in files:
                entry = files[path]
                await route.fulfill(body=(DIST / entry["path"]).read_bytes(), content_type=entry["type"])
            else:
                await self._answer_as_server(route, f"{route.request.method} {path}")

        await self.page.route("**/*", answer)

    async def _answer_as_server(self, route: Route, request: str) -> None:
        found = self.answers.get(request)
        self.answers |= self.answers_after.pop(request, {})
        if found is None:
            await route.abort()
        else:
            await route.fulfill(json=found, status=400 if "code" in found else 200)

    async def open_link(self) -> None:
        """Open a link: the ready screen."""
        await self.page.goto(f"{ADDRESS}/j#token")

    async def open_room(self, shown: dict[str, Any]) -> None:
        """Open the room, or what `shown` leads to, as after a reload."""
        self.answers |= {"GET /session": shown, "POST /session/join-token": WAY}
        await self.page.goto(f"{ADDRESS}/room")

    async def expect_screen(self, name: str) -> None:
        """Wait for a screen."""
        await self.page.wait_for_selector(f'body[data-state="{name}"]')

"""Problems are told in the browser's language, with the numbers of the rules they tell about."""

import json

import pytest

from bot.domain import invitation
from bot.words import words_for
from tests.added_language import MARK
from tests.web.browsers import Browser
from web.problems import STATUS_BY_CODE, TEXT_PARTS, HttpProblem, problem_response


@pytest.mark.parametrize("code", STATUS_BY_CODE)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_no_placeholder_stays(code: str, accept: str) -> None:
    """Every text is filled."""
    text = problem_response(HttpProblem(code), {"Accept": accept}).text or ""
    assert "{" not in text.removeprefix("{")


def test_an_expired_link_says_how_long_links_last() -> None:
    """The number is the rule's own."""
    told = json.loads(problem_response(HttpProblem("link_expired"), {}).text or "")
    minutes = int(invitation.LINK_LIFETIME.total_seconds() // 60)
    assert told["detail"] == f"Links last {minutes} minutes. Your partner may still be there."


@pytest.mark.parametrize(
    ("accept_language", "is_added"), [("", False), ("fr", False), ("en, hu", False), ("hu-HU", True)]
)
async def test_json_in_the_language_of_the_browser(
    browser: Browser, added_language: str, accept_language: str, is_added: bool
) -> None:
    """Title, detail and what to do next are in one language; the code is the same in all."""
    answer = await browser.request("GET", "/session", headers={"Accept-Language": accept_language})
    words = words_for(added_language if is_added else "en")
    assert {part: answer.json[part] for part in TEXT_PARTS} == {
        part: words(f"problems.no_session.{part}") for part in TEXT_PARTS
    }
    assert (answer.status, answer.code, answer.headers["Vary"]) == (401, "no_session", "Accept, Accept-Language")


async def test_a_page_in_the_language_of_the_browser(browser: Browser, added_language: str) -> None:
    """The small page for a browser that asks for HTML names its language."""
    answer = await browser.request("GET", "/x", headers={"Accept": "text/html", "Accept-Language": added_language})
    text = answer.body.decode()
    assert f'<html lang="{added_language}">' in text
    assert f"<h1>{MARK}" in text
    assert f"{words_for(added_language)('page.problem.helper')} not_found" in text

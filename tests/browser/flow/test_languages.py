"""A browser shows the page in a language that was added as one file, under the real content security policy."""

from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, expect

from tests.added_language import CODE, MARK, add_language
from tools.page import run_in_page
from web.built_page import BuiltPage
from web.http_server import serve_http
from web.routes import add_page_routes
from web.security_headers import SecurityHeaders

TEXTS_BY_SCRIPTS = {"h1:visible": "Ready to study?", "[data-join]": "Join", "[data-choice-label]": "Microphone"}

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The page, built in English and in the added language."""
    words, dist = tmp_path / "words", tmp_path / "dist"
    words.mkdir()
    add_language(words)
    run_in_page("node", "build.mjs", "--words", str(words), "--dist", str(dist))
    return dist


@pytest.mark.parametrize(("locale", "language", "mark"), [(f"{CODE}-HU", CODE, MARK), ("en-GB", "en", "")])
async def test_the_page_is_in_the_browsers_language(
    browser: Browser, build: Path, locale: str, language: str, mark: str
) -> None:
    """Texts of the document and texts that scripts set are both in the language that the browser asks for."""
    app = web.Application()
    add_page_routes(app, page=BuiltPage(build))
    headers = SecurityHeaders(public_url="http://localhost", livekit_url="")
    async with serve_http(app, security_headers=headers, host="127.0.0.1", port=0, max_connections=100) as site:
        page = await browser.new_page(locale=locale)
        await page.goto(f"http://localhost:{site.port}/j#token")
        await expect(page.locator("html")).to_have_attribute("lang", language)
        for selector, text in TEXTS_BY_SCRIPTS.items():
            await expect(page.locator(selector).first).to_have_text(f"{mark}{text}")
        await page.close()

"""How the sandbox's page renders markdown."""

from typing import cast

import pytest

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.scripted_sandbox import STUDY, ScriptedSandbox

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        (
            "**bold** and *soft* and __under__ and ~~gone~~",
            "<strong>bold</strong> and <em>soft</em> and <u>under</u> and <s>gone</s>",
        ),
        ("***both***", "<strong><em>both</em></strong>"),
        ("`a **b**`", "<code>a **b**</code>"),
        (r"\*not soft\* and snake_case_name and 2 * 3 * 4", "*not soft* and snake_case_name and 2 * 3 * 4"),
        (r"\@everyone at https\://x.example, C\:\\d", r"@everyone at https://x.example, C:\d"),
        ("<@12> in <#101> as <@&301>", "@Bob in #study as @Students"),
        ("</study now:99>", "/study now"),
        ("[here](https://example.org/a) and https://example.org/b.", '<a href="https://example.org/a"'),
        ("[bad](javascript:alert(1))", "[bad](javascript:alert(1))"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("# One\n## Two\n-# small", '<h3 class="h1">One</h3><h3 class="h2">Two</h3><small>small</small>'),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("> said\n> so", "<blockquote>said<br>so</blockquote>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("```py\nx = 1\n```", "<pre><code>x = 1</code></pre>"),
        ("<t:0:D>", '<time datetime="1970-01-01T00:00:00.000Z"'),
    ],
)
async def test_markdown(sandbox: ScriptedSandbox, open_page: OpenPage, markdown: str, expected: str) -> None:
    """Markdown is rendered as in Discord, and text is never parsed as HTML."""
    sandbox.write_message(STUDY, content=markdown)
    text = (await open_page()).window("alice").log.locator(".prose")
    html = cast(
        "str", await text.evaluate("node => node.innerHTML.replaceAll(/<span class=\"mention\">(.*?)<.span>/g, '$1')")
    )
    assert expected in html

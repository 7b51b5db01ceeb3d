"""The card that asks a member to agree to the rules: a pure function from values to words and buttons."""

from bot.chat.search.answers import RulesFirst
from bot.chat.search.custom_ids import AGREE, NOT_NOW
from bot.chat.ui.layout import Button, ButtonStyle, Card
from bot.chat.ui.rules import numbered_rules
from bot.domain.rules import rules_version
from bot.words import Words


def rules_card(words: Words, question: RulesFirst) -> Card:
    """The rules that come before the first search, and the buttons to agree or not."""
    server = question.server
    agree = Button(
        label=words("chat.button.agree"),
        id=AGREE.format(server=server.server_id, version=rules_version(server)),
        style=ButtonStyle.MAIN,
    )
    not_now = Button(label=words("chat.button.not_now"), id=NOT_NOW.format(server=server.server_id))
    return Card(
        title=words("chat.rules_first.title"),
        note=words("chat.rules_first.changed") if question.changed else "",
        text=numbered_rules(words, server),
        small=words("chat.rules_first.small"),
        buttons=(agree, not_now),
    )

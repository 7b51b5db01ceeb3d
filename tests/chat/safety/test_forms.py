"""The forms of reports fit into Discord's, in every language and with the longest names."""

import pytest

from bot.chat.safety.custom_ids import REPORT_FORM, SECOND_LOOK_FORM
from bot.chat.safety.forms import report_form, second_look_form, submitted_report
from bot.domain.display_name import MAX_NAME_LETTERS
from bot.domain.report import ReportReason
from bot.words import catalogue_languages, words_for
from tests.chat.form_limits import assert_form_fits

ID = "s" * 22


@pytest.mark.parametrize("language", catalogue_languages())
def test_forms_fit(language: str) -> None:
    """A radio group has ten options at most, of a hundred letters each."""
    words, custom_id = words_for(language), REPORT_FORM.format(place="message", seat=ID)
    for number in (None, 123_456):
        form = report_form(words, custom_id=custom_id, partner="W" * MAX_NAME_LETTERS, number=number)
        assert_form_fits(form)
        radio = form.to_dict()["components"][0]["component"]
        assert 2 <= len(radio["options"]) <= 10
        assert all(len(option["label"]) <= 100 for option in radio["options"])
        assert radio["required"] is False
    assert_form_fits(second_look_form(words, custom_id=SECOND_LOOK_FORM.format(report=ID)))


def test_an_empty_choice_is_no_reason() -> None:
    """Discord sends null for a radio group in which nothing is chosen."""
    assert submitted_report({"reason": ("",), "words": ("  ",)}) == (ReportReason.UNSAID, "")
    assert submitted_report({}) == (ReportReason.UNSAID, "")
    assert submitted_report({"reason": ("hate",), "words": (" a ",)}) == (ReportReason.HATE, "a")

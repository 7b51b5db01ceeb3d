"""The custom ids of the setup card. Each holds the version of the settings shown, so outdated clicks are noticed."""

from bot.chat.ui.custom_ids import CustomId, custom_id


def _setup_id(part: str, **fields: str) -> CustomId:
    return custom_id(f"hb:setup:{part}:{{server}}:{{version}}", **fields)


AUDIENCE = _setup_id("audience:{audience}", audience="adults|mixed|unsure")
VIDEO = _setup_id("video:{video}", video="shown|hidden")
CHANNEL = _setup_id("channel")
ROLE = _setup_id("role")
TOPICS = _setup_id("topics")
CORRECT_TOPICS = _setup_id("correct")
DISCARD_DRAFT = _setup_id("discard")
FORMER_TOPICS_FORM = _setup_id("form")
"""Of forms that were open while a newer version of the bot was started."""
TOPICS_FORM = custom_id("hb:setup:typed:{server}:{shown}", shown="[0-9a-f]{0,16}")
"""`shown` is the digest of the topics that the form was opened over: other settings may change meanwhile.

It is empty if that is not known, as of text from a form that was open while the bot was updated.
"""
PUBLISH_PANEL = _setup_id("post")
PAUSE = _setup_id("{pause}", pause="pause|resume")
CHECK_AGAIN = _setup_id("check")
SHOW_STEP = _setup_id("show:{step}")
STAFF_CHANNEL = _setup_id("staff")
MINOR_ROLE = _setup_id("minor")
ADULT_ROLE = _setup_id("adult")
READER_ROLE = _setup_id("reader")
GATE = _setup_id("gate")
PANEL_TEXT = _setup_id("text")
RULES = _setup_id("rules")
FINISH = _setup_id("done")
SEND_TEST_LINKS = _setup_id("try")
TEXT_FORM = custom_id("hb:setup:said:{server}:{shown}", shown="[0-9a-f]{16}")
RULES_FORM = custom_id("hb:setup:ruled:{server}:{shown}", shown="[0-9a-f]{16}")
"""`shown` is the digest of the words that these forms were opened over."""
START = custom_id("hb:setup:start:{server}")
"""On the message with which the bot introduces itself to a server."""

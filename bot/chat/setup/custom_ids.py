"""The custom ids of the setup card. Each holds the version of the settings shown, so outdated clicks are noticed."""

from bot.chat.ui.custom_ids import CustomId, custom_id


def _setup_id(part: str, **fields: str) -> CustomId:
    return custom_id(f"hb:setup:{part}:{{server}}:{{version}}", **fields)


AUDIENCE = _setup_id("audience:{audience}", audience="adults|mixed|unsure")
CHANNEL = _setup_id("channel")
ROLE = _setup_id("role")
TOPICS = _setup_id("topics")
TOPICS_FORM = _setup_id("form")
PUBLISH_PANEL = _setup_id("post")
PAUSE = _setup_id("{pause}", pause="pause|resume")
CHECK_AGAIN = _setup_id("check")

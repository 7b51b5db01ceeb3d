"""The ids of the setup card's parts. Each carries the version it was drawn from: who comes late is told."""

_SERVER = r":(?P<server>\d+):(?P<version>\d+)"

AUDIENCE = r"hb:setup:audience:(?P<audience>adults|mixed|unsure)" + _SERVER
CHANNEL = r"hb:setup:channel" + _SERVER
ROLE = r"hb:setup:role" + _SERVER
TOPICS = r"hb:setup:topics" + _SERVER
TOPICS_FORM = r"hb:setup:form" + _SERVER
POST = r"hb:setup:post" + _SERVER
PAUSE = r"hb:setup:(?P<pause>pause|resume)" + _SERVER
CHECK = r"hb:setup:check" + _SERVER


def part(name: str, server_id: int, version: int) -> str:
    """The id of the part `name`: audience:adults, channel, role, topics, form, post, pause, resume or check."""
    return f"hb:setup:{name}:{server_id}:{version}"

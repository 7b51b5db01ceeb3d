"""Attachments: reads the bot's uploads, stores them, and serves them at the URLs in messages."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from aiohttp import web

from bot.sandbox.discord.simcord_internals import CDN_BASE, CdnStore

PATH_PREFIX = "/attachments"


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """One uploaded file, with the attribute names that simcord expects."""

    fp: BytesIO
    filename: str
    description: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenFile:
    """A file that a person has chosen in a form."""

    filename: str
    data: bytes


class AttachmentStore(CdnStore):
    """simcord's attachment store with URLs that can be fetched: they begin with `base_url`."""

    def __init__(self) -> None:
        super().__init__()
        self.base_url = ""

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> dict[str, Any]:
        stored = super().store_attachment(attachment_id, channel_id, filename, data, description)
        return {**stored, **{key: stored[key].replace(CDN_BASE, self.base_url) for key in ("url", "proxy_url")}}

    def read_file(self, path: str) -> bytes | None:
        """The content of the attachment at this path of a URL; None if there is none."""
        return self.get(CDN_BASE + path)

    async def handle_request(self, request: web.Request) -> web.Response:
        """Serve one attachment; 404 if there is none at this path."""
        data = self.read_file(request.path)
        if data is None:
            raise web.HTTPNotFound
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=data, content_type="application/octet-stream", headers=headers)


async def read_body(request: web.Request) -> tuple[Any, list[Upload]]:
    """Return a request's JSON ({} if the body is empty) and its uploaded files. Raises ValueError if it is not JSON."""
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        return (json.loads(raw) if raw else {}), []
    form = await request.post()
    body = json.loads(str(form.get("payload_json", "{}")))
    descriptions = {str(each["id"]): each.get("description") for each in body.get("attachments") or []}
    return body, [
        Upload(
            fp=BytesIO(part.file.read()),
            filename=part.filename,
            description=descriptions.get(name.removeprefix("files[").removesuffix("]")),
        )
        for name, part in form.items()
        if isinstance(part, web.FileField)
    ]

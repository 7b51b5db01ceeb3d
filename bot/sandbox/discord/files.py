"""Files in messages: taken from the bot's uploads, kept, and served where the messages say."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from aiohttp import web
from simcord.backend.cdn import CDN_BASE, CdnStore

PREFIX = "/attachments"


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """One file as simcord takes it."""

    fp: BytesIO
    filename: str
    description: str | None


class Files(CdnStore):
    """simcord's store, with addresses that answer: they begin with `base`."""

    def __init__(self) -> None:
        super().__init__()
        self.base = ""

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> dict[str, Any]:
        stored = super().store_attachment(attachment_id, channel_id, filename, data, description)
        return {**stored, **{key: stored[key].replace(CDN_BASE, self.base) for key in ("url", "proxy_url")}}

    async def handle(self, request: web.Request) -> web.Response:
        """One file."""
        data = self.get(CDN_BASE + request.path)
        if data is None:
            raise web.HTTPNotFound
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=data, content_type="application/octet-stream", headers=headers)


async def read(request: web.Request) -> tuple[Any, list[Upload]]:
    """A request's JSON and its files. Raises ValueError where it is not JSON."""
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        return (json.loads(raw) if raw else {}), []
    form = await request.post()
    body = json.loads(str(form.get("payload_json", "{}")))
    about = {str(each["id"]): each.get("description") for each in body.get("attachments") or []}
    return body, [
        Upload(
            fp=BytesIO(part.file.read()),
            filename=part.filename,
            description=about.get(name.removeprefix("files[").removesuffix("]")),
        )
        for name, part in form.items()
        if isinstance(part, web.FileField)
    ]

"""What a page of the browser app costs on the server: asked of the app itself, through its door, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from coach.store import Store
from coach.web.app import make_app
from coach.web.desk import Desk
from coach.web.security import Keys

if TYPE_CHECKING:
    from starlette.types import Message

PORT = 50_000


def pages(store: Store) -> Callable[[str], bytes]:
    """Gives the page at a path, as a browser that has come in would get it."""
    keys = Keys(port=PORT)
    app = make_app(Desk(store=store, folder=store.folder, keys=keys))
    headers = [(b"host", f"127.0.0.1:{PORT}".encode()), (b"cookie", f"{keys.cookie_name}={keys.cookie}".encode())]

    async def ask(path: str) -> bytes:
        body, status = bytearray(), 0
        scope: dict[str, Any] = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": headers, "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", PORT),
        }  # fmt: skip

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            body.extend(message.get("body", b""))

        await app(scope, receive, send)
        assert status == 200, (path, status)
        return bytes(body)

    return lambda path: asyncio.run(ask(path))

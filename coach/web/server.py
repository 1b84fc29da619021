"""The server of the browser app: on 127.0.0.1 and nowhere else, at a port of its own, until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from coach.clock import now
from coach.errors import CoachError, StoreError
from coach.web.security import Keys

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn import Config

    from coach.store import Store

HERE = "127.0.0.1"
WAIT_FOR_OPEN_PAGES_S = 1


def serve(folder: Path, port: int, opened: Callable[[str], None]) -> None:
    """Answer until interrupted. `opened` is told the one-time link. Port 0: any that is free.

    Raises CoachError where the port is taken or the store cannot be used.
    """
    from uvicorn import Server

    from coach.store import open_store
    from coach.web.app import make_app
    from coach.web.desk import Desk
    from coach.web.export import clear

    with open_store(folder) as store, listening(port) as door, retiring(store):
        clear(folder)
        desk = Desk(store=store, folder=folder, keys=Keys(port=door.getsockname()[1]))
        opened(desk.keys.link())  # the door listens already: who comes before the server runs is kept waiting
        try:
            Server(configured(make_app(desk))).run(sockets=[door])
        finally:
            desk.close()


@contextmanager
def retiring(store: Store, every_s: float = 3600.0) -> Iterator[None]:
    """Sound whose days are over goes, also where the server is left running for days. Raises StoreError."""
    from coach.store.retention import retire

    closed = Event()

    def again() -> None:
        while not closed.wait(every_s):
            with suppress(StoreError):  # busy or full just now: an hour later, then
                retire(store, now())

    retire(store, now())
    thread = Thread(target=again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        closed.set()
        thread.join()


def configured(app: ASGIApp) -> Config:
    from uvicorn import Config

    return Config(
        app, log_level="error", access_log=False,  # a log would hold the link and its token
        proxy_headers=False, server_header=False, ws="none", lifespan="off",
        timeout_graceful_shutdown=WAIT_FOR_OPEN_PAGES_S,
    )  # fmt: skip


def listening(port: int) -> socket.socket:
    """Raises CoachError."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((HERE, port))
        door.listen()
    except OSError as error:
        door.close()
        raise CoachError(
            f"Port {port} cannot be used ({error.strerror}). Leave --port out, and a free one is taken."
        ) from error
    return door

"""The browser app for tests: really served, on a port of its own, from a thread."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import uvicorn

from coach.store import open_store
from coach.web.app import make_app
from coach.web.desk import Desk
from coach.web.security import Keys
from coach.web.server import configured, listening


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Served:
    """What is served, and a plain client for it that sends exactly what it is told to."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.port = desk.keys.port
        self.host = f"127.0.0.1:{self.port}"
        self.cookie = ""

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """As a stranger: nothing is sent but what is given (and the right Host, where none is given)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in ({"Host": self.host} | dict(headers or {})).items():
                connection.putheader(name, value)
            if body is not None and "Content-Length" not in (headers or {}):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            if body:
                connection.send(body)
            got = connection.getresponse()
            return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        finally:
            connection.close()

    def enter(self) -> Answer:
        """With the one-time link; the cookie is remembered."""
        link = self.desk.keys.link()
        answer = self.ask("GET", link[link.index("/open") :])
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        return answer

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, headers={"Cookie": self.cookie} | dict(headers or {}))

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """As our own page sends it, its secret included, except for the headers that are given."""
        form = urlencode({"secret": self.desk.keys.form} | dict(fields)).encode()
        ours = {
            "Cookie": self.cookie, "Origin": f"http://{self.host}", "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        return self.ask("POST", path, body=form, headers=ours | dict(headers or {}))

    def secret(self, path: str) -> str:
        found = re.search(r'name="secret" value="([^"]+)"', self.get(path).text)
        assert found is not None
        return found[1]


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    with listening(0) as door, open_store(folder) as store:
        desk = Desk(store=store, folder=folder, keys=Keys(port=door.getsockname()[1]))
        server = uvicorn.Server(configured(make_app(desk)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            yield Served(desk)
        finally:
            server.should_exit = True
            thread.join(timeout=10)

"""The door of the browser app: nobody but the person who opened the one-time link comes in.

request -> Host -> where it was sent from -> one-time link or cookie -> body (size, form, secret of the form) -> pages

The server listens on 127.0.0.1 only, but every page that is open in the same browser could send requests there, and a
foreign name can be made to point there. Each step refuses with a sentence and passes nothing on.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN = "/open"
STATIC = "/static/"
FORM = "application/x-www-form-urlencoded"
SECRET = "secret"
"""The field of every form that only our own pages know."""
MOST_FORM_BYTES = 64_000
MOST_FIELDS = 100
UPLOAD = "application/octet-stream"
SECRET_HEADER = "x-coach-secret"
UPLOADS: Mapping[str, int] = {"/recording": 2_000_000_000, "/import": 64_000_000}
"""Where files may be sent to, and the most bytes of one."""

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), display-capture=()",
}

NOT_OURS = "This form is not of this run of the coach. Go back, load the page again, and repeat it."
TOO_LONG = "That is more than a form of the coach can hold."
HERE_IS_NOTHING = (
    "Open the coach with the link that “coach web” printed. Each link works once: start it again for another."
)


@dataclass(slots=True)
class Keys:
    """What this run of the app knows and nobody else: made new each time, kept in memory only."""

    port: int
    token: str | None = field(default_factory=lambda: secrets.token_urlsafe(32))  # None once it was used
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    form: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def cookie_name(self) -> str:
        return f"coach_{self.port}"  # cookies know no ports: two coaches at once must not put each other out

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(f"{host}:{self.port}" for host in ("127.0.0.1", "localhost", "[::1]"))

    def link(self) -> str:
        return f"http://127.0.0.1:{self.port}{OPEN}?token={self.token}"

    def takes(self, token: str) -> bool:
        """Whether this is the token of the link; it is used up by that."""
        if self.token is None or not _same(token, self.token):
            return False
        self.token = None
        return True


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    status: int
    sentence: str


class Door:
    """Pure ASGI: nothing is buffered on the way out, so that a stream of events flows."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self.app = app
        self.keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no other protocol is spoken: the server closes it
        sealed = _sealed(send)
        try:
            headers = _headers(scope)
            check_host(headers, self.keys)
            check_sender(scope["method"], headers, self.keys)
            if scope["path"] == OPEN and scope["method"] == "GET":
                await self._open(scope, sealed)
                return
            if not scope["path"].startswith(STATIC):
                check_cookie(headers, self.keys)
            if scope["method"] == "POST" and scope["path"] in UPLOADS:
                check_upload(headers, UPLOADS[scope["path"]], self.keys)
            elif scope["method"] == "POST":
                scope["form"] = await checked_form(headers, receive, self.keys)
            await self.app(scope, receive, sealed)
        except Refused as refused:
            # what is still on its way is not read: it may be without an end
            await _answer(sealed, refused.status, refusal(refused.sentence), ((b"connection", b"close"),))

    async def _open(self, scope: Scope, send: Send) -> None:
        """The one-time link for the cookie. The page goes on by itself: what is asked for from our own page carries a
        strict cookie, what a foreign page or a mail led to does not."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])
        if len(given) != 1 or not self.keys.takes(given[0]):
            raise Refused(403, HERE_IS_NOTHING)
        cookie = f"{self.keys.cookie_name}={self.keys.cookie}; Path=/; HttpOnly; SameSite=Strict"
        await _answer(send, 200, WELCOME, ((b"set-cookie", cookie.encode()),))


def check_host(headers: Mapping[str, list[str]], keys: Keys) -> None:
    """A name that was made to point here is not ours."""
    hosts = headers.get("host", [])
    if len(hosts) != 1 or hosts[0].lower() not in keys.hosts:
        raise Refused(421, "The coach answers on this computer only, by the address that “coach web” printed.")


def check_sender(method: str, headers: Mapping[str, list[str]], keys: Keys) -> None:
    """Only our own pages may change anything, and only they may load parts of it; a link may lead here."""
    if method not in ("GET", "HEAD", "POST"):
        raise Refused(405, "The coach knows no such request.")
    site, mode = _one(headers, "sec-fetch-site"), _one(headers, "sec-fetch-mode")
    led = method == "GET" and mode == "navigate" and _one(headers, "sec-fetch-dest") == "document"
    if site not in ("", "same-origin", "none") and not led:
        raise Refused(403, "This was asked for by another page, not by the coach’s own.")
    if method != "POST":
        return
    origin = _one(headers, "origin")
    # a page that sends no referrer has its forms sent with the origin "null"; the browser itself says whose it was
    ours = origin == f"http://{_one(headers, 'host')}" or (origin == "null" and site == "same-origin")
    if not ours:
        raise Refused(403, "This form was sent by another page, not by the coach’s own.")


def check_cookie(headers: Mapping[str, list[str]], keys: Keys) -> None:
    for line in headers.get("cookie", []):
        for pair in line.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == keys.cookie_name and _same(value, keys.cookie):
                return
    raise Refused(403, HERE_IS_NOTHING)


def check_upload(headers: Mapping[str, list[str]], most_bytes: int, keys: Keys) -> None:
    """A file that our script sends as it is, with the secret beside it. It is read by who takes it, as it comes."""
    if _one(headers, "content-type").lower() != UPLOAD or not _same(_one(headers, SECRET_HEADER), keys.form):
        raise Refused(403, NOT_OURS)
    length = _one(headers, "content-length")
    if not length.isascii() or not length.isdigit() or int(length[:20]) > most_bytes:
        raise Refused(413, "That file is too large for the browser. In a terminal there is no such limit.")


async def checked_form(headers: Mapping[str, list[str]], receive: Receive, keys: Keys) -> dict[str, str]:
    """The fields of a form that carries its secret."""
    if _one(headers, "content-type").split(";")[0].strip().lower() != FORM:
        raise Refused(415, "The coach takes its own forms only.")
    body = await _body(_one(headers, "content-length"), receive)
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refused(400, "The form could not be read.") from None
    given = fields.pop(SECRET, [])
    if len(given) != 1 or not _same(given[0], keys.form):
        raise Refused(403, NOT_OURS)
    return {name: values[0] for name, values in fields.items()}


async def _body(length: str, receive: Receive) -> bytes:
    if length and (not length.isascii() or not length.isdigit() or int(length[:20]) > MOST_FORM_BYTES):
        raise Refused(413, TOO_LONG)
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused(400, "The form broke off on its way.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_FORM_BYTES:
            raise Refused(413, TOO_LONG)
    return bytes(body)


def _sealed(send: Send) -> Send:
    """Every answer carries the protecting headers, whatever made it."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if name.decode() not in HEADERS]
            ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": kept + ours}
        await send(message)

    return with_headers


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _one(headers: Mapping[str, list[str]], name: str) -> str:
    """The value of a header that is given once; "" where it is not there. Raises Refused for one given twice."""
    values = headers.get(name, [""])
    if len(values) != 1:
        raise Refused(400, "The request says two things at once.")
    return values[0]


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


async def _answer(send: Send, status: int, page: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    body = page.encode()
    start = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    '{more}<title>The active listening coach</title><link rel="stylesheet" href="/static/page.css">'
    '<link rel="stylesheet" href="/static/web.css"><link rel="icon" href="/static/icon.svg"></head>'
    '<body class="alone"><main><h1>{title}</h1><p>{text}</p></main></body></html>'
)

WELCOME = _PAGE.format(
    more='<meta http-equiv="refresh" content="0; url=/">', title="Welcome",
    text='The coach opens. If it does not: <a href="/">go on</a>.',
)  # fmt: skip


def refusal(sentence: str) -> str:
    """`sentence`: one of ours, never what was sent."""
    return _PAGE.format(more="", title="This stays closed", text=sentence)

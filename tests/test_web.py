"""The door of the browser app: attacks on the real server, sent byte by byte."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from coach.web.app import ROUTES
from coach.web.security import MOST_FORM_BYTES
from tests.stored import bytes_of, ended, talk
from tests.web_server import Answer, Served, served

FORM = "application/x-www-form-urlencoded"
POSTS = sorted({route.path for route in ROUTES if "POST" in (route.methods or ())})
GETS = sorted({route.path for route in ROUTES if "GET" in (route.methods or ())})


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("data")) as one:
        one.enter()
        yield one


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Served]:
    """A server that nobody has entered yet."""
    with served(tmp_path / "data") as one:
        yield one


def test_the_link_opens_once_and_gives_a_strict_cookie(closed: Served) -> None:
    link = closed.desk.keys.link()
    path = link[link.index("/open") :]
    first = closed.ask("GET", path)
    assert first.status == 200
    assert set(first.headers["set-cookie"].split("; ")[1:]) == {"Path=/", "HttpOnly", "SameSite=Strict"}
    assert "token" not in first.text
    second = closed.ask("GET", path)
    assert second.status == 403
    assert "set-cookie" not in second.headers
    assert closed.ask("GET", "/", headers={"Cookie": first.headers["set-cookie"].split(";")[0]}).status == 200


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=None", "?other=1", "?token=a&token=b"])
def test_without_the_right_token_nobody_comes_in(closed: Served, query: str) -> None:
    assert closed.ask("GET", f"/open{query}").status == 403
    assert closed.enter().status == 200, "the right one still works"


def test_a_used_up_token_is_not_the_word_none(closed: Served) -> None:
    closed.enter()
    assert closed.ask("GET", "/open?token=None").status == 403
    assert closed.ask("GET", "/open?token=").status == 403


def test_two_tokens_are_none(closed: Served) -> None:
    link = closed.desk.keys.link()
    token = link.split("=")[1]
    assert closed.ask("GET", f"/open?token={token}&token={token}").status == 403


def test_looking_ahead_does_not_use_the_link_up(closed: Served) -> None:
    link = closed.desk.keys.link()
    assert closed.ask("HEAD", link[link.index("/open") :]).status == 403
    assert closed.enter().status == 200


@pytest.mark.parametrize("place", ["Referer", "Origin", "Authorization", "X-Token"])
def test_a_token_in_a_header_is_worth_nothing(closed: Served, place: str) -> None:
    link = closed.desk.keys.link()
    assert closed.ask("GET", "/", headers={place: link}).status == 403
    assert closed.ask("GET", "/open", headers={place: link}).status == 403


def test_the_token_is_in_no_page_and_goes_to_no_other(web: Served) -> None:
    for path in ("/", "/talks"):
        answer = web.get(path)
        assert "token=" not in answer.text
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", [path for path in GETS if "{" not in path])
def test_nothing_is_shown_without_the_cookie(web: Served, path: str) -> None:
    assert web.ask("GET", path).status == 403
    for cookie in ("", "x", "coach=1", f"coach_{web.port}=", f"coach_{web.port}={'a' * 43}", web.cookie + "x"):
        assert web.ask("GET", path, headers={"Cookie": cookie}).status == 403


def test_the_cookie_of_another_run_opens_nothing(web: Served, closed: Served) -> None:
    closed.enter()
    value = closed.cookie.split("=")[1]
    assert web.ask("GET", "/", headers={"Cookie": f"coach_{web.port}={value}"}).status == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}",
        "127.0.0.1.evil.example:{port}", "0.0.0.0:{port}", "[::1]", "[::]:{port}", "", "127.0.0.1:{port}@evil.example",
    ],
)  # fmt: skip
def test_a_foreign_host_is_refused(web: Served, host: str) -> None:
    headers = {"Host": host.format(port=web.port), "Cookie": web.cookie}
    assert web.ask("GET", "/", headers=headers).status in (400, 421)
    assert web.ask("GET", "/static/web.css", headers=headers).status in (400, 421)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LocalHost", "[::1]"])
def test_our_own_names_are_allowed(web: Served, host: str) -> None:
    assert web.get("/", {"Host": f"{host}:{web.port}"}).status == 200


def test_two_hosts_are_refused(web: Served) -> None:
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as raw:
        raw.sendall(
            f"GET / HTTP/1.1\r\nHost: {web.host}\r\nHost: evil.example\r\nCookie: {web.cookie}\r\n\r\n".encode()
        )
        assert re.match(rb"HTTP/1.1 4\d\d", raw.recv(100))


def test_it_listens_on_this_computer_only(web: Served) -> None:
    listening = subprocess.run(["ss", "-Hltn", f"sport = :{web.port}"], capture_output=True, text=True, check=False)
    if listening.returncode == 0 and listening.stdout:
        assert {line.split()[3] for line in listening.stdout.splitlines()} == {web.host}
    with pytest.raises(OSError, match=r".+"), socket.create_connection(("::1", web.port), timeout=2):
        pass


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},  # another program on this computer
        {"Origin": "https://{host}"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": ""},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_foreign_page_can_change_anything(web: Served, path: str, headers: dict[str, str]) -> None:
    filled = {name: value.format(host=web.host) for name, value in headers.items()}
    assert web.post(path.replace("{id}", "2026-01-01-abcd"), {}, filled).status == 403


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("secret", ["", "secret=", "secret=wrong", "secret={right}&secret={right}"])
def test_every_form_needs_its_secret(web: Served, path: str, secret: str) -> None:
    headers = {"Cookie": web.cookie, "Origin": f"http://{web.host}", "Content-Type": FORM}
    body = secret.format(right=web.desk.keys.form).encode()
    path = path.replace("{id}", "2026-01-01-abcd")
    assert web.ask("POST", path, body=body, headers=headers).status == 403
    in_address = f"{path}?secret={web.desk.keys.form}"
    assert web.ask("POST", in_address, body=b"", headers=headers).status == 403


@pytest.mark.parametrize("path", POSTS)
def test_no_form_is_taken_without_the_cookie(web: Served, path: str) -> None:
    assert web.post(path.replace("{id}", "2026-01-01-abcd"), {}, {"Cookie": ""}).status == 403


@pytest.mark.parametrize("path", POSTS)
def test_nothing_changes_by_being_looked_at(web: Served, path: str) -> None:
    """A picture, a script or a link elsewhere can make a browser ask, with the person's cookie."""
    if path not in GETS:
        assert web.get(path.replace("{id}", "2026-01-01-abcd")).status in (404, 405)


def test_only_forms_are_taken(web: Served) -> None:
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", ""):
        assert web.post("/demo", {}, {"Content-Type": kind}).status == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(web: Served, method: str) -> None:
    assert web.ask(method, "/", headers={"Cookie": web.cookie}).status == 405


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_foreign_pages_load_no_parts(web: Served, site: str) -> None:
    assert web.get("/", {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}).status == 403
    assert (
        web.get("/", {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}).status == 403
    )
    led = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert web.get("/", led).status == 200


def test_a_hundred_megabytes_are_refused_before_they_are_read(web: Served) -> None:
    size = 100_000_000
    answer = web.post("/demo", {}, {"Content-Length": str(size)})
    assert answer.status == 413


def test_a_body_without_an_end_is_refused(web: Served) -> None:
    head = (
        f"POST /demo HTTP/1.1\r\nHost: {web.host}\r\nCookie: {web.cookie}\r\nOrigin: http://{web.host}\r\n"
        f"Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"1000\r\n" + b"a" * 0x1000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as raw:
        raw.sendall(head.encode())
        sent = 0
        try:
            while sent < 100_000_000:
                raw.sendall(chunk)
                sent += len(chunk)
        except OSError:
            pass
        assert sent < 100_000_000
    assert web.get("/").status == 200


@pytest.mark.parametrize(("path", "size"), [("/import", 100_000_000), ("/recording?file=a.wav", 3_000_000_000)])
def test_a_file_that_is_too_large_is_refused_before_it_is_read(web: Served, path: str, size: int) -> None:
    assert sent(web, path, b"", {"Content-Length": str(size)}).status == 413
    assert sent(web, path, b"", {"Content-Length": "9" * 40}).status in (400, 413)
    assert not list(web.desk.folder.glob(".archive*"))


@pytest.mark.parametrize("path", ["/import", "/recording?file=a.wav"])
def test_a_file_is_taken_from_our_own_page_only(web: Served, path: str) -> None:
    for headers in (
        {"X-Coach-Secret": ""}, {"X-Coach-Secret": "wrong"}, {"Content-Type": "text/plain"}, {"Content-Type": FORM},
        {"Cookie": ""}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "same-site"},
    ):  # fmt: skip
        assert sent(web, path, b"x", headers).status == 403, headers
    with_secret = f"{path}{'&' if '?' in path else '?'}secret={web.desk.keys.form}"
    assert sent(web, with_secret, b"x", {"X-Coach-Secret": ""}).status == 403


@pytest.mark.parametrize("name", ["", "a.exe", "../../a", "a.wav/../../x.sh", "a.wav%00.sh", "coach.db"])
def test_a_name_makes_no_path(web: Served, name: str) -> None:
    assert sent(web, f"/recording?file={name}", b"x", {}).status == 409


@pytest.mark.parametrize("body", [b"", b"PK\3\4", b"x" * 5000])
def test_a_file_that_is_no_archive_is_told_and_leaves_nothing(web: Served, body: bytes) -> None:
    before = web.desk.store.sessions()
    assert sent(web, "/import", body, {}).status == 204
    while not web.desk.work.state.over:
        time.sleep(0.02)
    assert "archive" in web.get("/working").text
    assert web.desk.store.sessions() == before
    while web.desk.work.busy:
        time.sleep(0.02)
    assert not list(web.desk.folder.glob(".archive*"))


def sent(web: Served, path: str, body: bytes, headers: dict[str, str]) -> Answer:
    """As our own script sends a file, except for the headers that are given."""
    ours = {
        "Cookie": web.cookie, "Origin": f"http://{web.host}", "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/octet-stream", "X-Coach-Secret": web.desk.keys.form,
    }  # fmt: skip
    return web.ask("POST", path, body=body, headers=ours | headers)


@pytest.mark.parametrize("length", ["-1", "9" * 40, "1e9", "abc", "\N{SUPERSCRIPT TWO}"])
def test_a_strange_length_is_refused(web: Served, length: str) -> None:
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as raw:
        raw.sendall(
            f"POST /demo HTTP/1.1\r\nHost: {web.host}\r\nCookie: {web.cookie}\r\nOrigin: http://{web.host}\r\n"
            f"Content-Type: {FORM}\r\nContent-Length: {length}\r\n\r\nsecret=x".encode()
        )
        assert re.match(rb"HTTP/1.1 4\d\d", raw.recv(100))


def test_too_many_fields_are_refused(web: Served) -> None:
    assert web.post("/demo", {f"f{at}": "" for at in range(200)}).status == 400
    assert web.post("/demo", {"long": "a" * MOST_FORM_BYTES}).status == 413


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd", "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/..%5capp.py",
        "/static//etc/passwd", "/static/%00", "/static/style.css%00.css", "/static/../../../../etc/passwd",
        "/talks/..%2f..%2fcoach.db", "/talks/../sound", "/talks/..%2f..%2fcoach.db/sound", "/talks/%2e%2e/sound",
        "/talks/2026-01-01-abcd%2f..%2f..%2fcoach.db/sound", "/talks/%00/sound", "//evil.example/",
    ],
)  # fmt: skip
def test_no_path_leads_out(web: Served, path: str) -> None:
    answer = web.get(path)
    assert answer.status in (404, 409)
    assert b"SQLite" not in answer.body
    assert b"root:" not in answer.body
    assert b"import" not in answer.body


def test_every_answer_carries_the_protection(web: Served) -> None:
    for answer in (
        web.get("/"),
        web.get("/nothing"),
        web.get("/static/web.css"),
        web.ask("GET", "/"),
        web.post("/x", {}),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "server" not in answer.headers
        assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_moment_is_deleted_for_good_and_nothing_else(closed: Served) -> None:
    store, folder = closed.desk.store, closed.desk.folder
    closed.enter()
    lines = (("A", 1.0, 6.0, f"about {SECRET}"), ("B", 8.0, 12.0, "the xylophone was nice"))
    one = ended(store, talk("x", lines), keep_days=9)
    turn = closed.desk.summary(one.id).turns[0]
    fields = {"turn": "0", "start_s": str(turn.start_s)}
    assert SECRET in closed.get(f"/talks/{one.id}/delete?turn=0&start_s={turn.start_s}").text
    assert closed.post(f"/talks/{one.id}/delete", fields | {"start_s": "3.3"}).status == 409
    assert closed.post(f"/talks/{one.id}/delete", fields).status == 303
    shown = closed.get(f"/talks/{one.id}").text
    assert SECRET not in shown
    assert "xylophone" in shown
    assert SECRET not in str(store.recorded(one.id)) + store.told(one.id)
    assert SECRET.encode() not in bytes_of(folder)


SECRET = "mathilda"


def test_everything_is_forgotten_without_a_trace(closed: Served) -> None:
    store, folder = closed.desk.store, closed.desk.folder
    closed.enter()
    one = ended(store, talk("x", (("A", 1.0, 6.0, SECRET), ("B", 7.0, 9.0, "who is that"))), names=(SECRET, "Sam"))
    store.practised(card=SECRET, drill="say_back", at=one.started_at, score=0.5, result={"said": SECRET})
    store.set_code(SECRET, "4711")
    assert SECRET.encode() in bytes_of(folder)
    assert closed.post("/forget", {"everything": "no"}).status == 409
    assert store.sessions() == (one,)
    assert closed.post("/forget", {"everything": "yes"}).status == 303
    assert store.sessions() == ()
    assert SECRET.encode() not in bytes_of(folder)


def test_nobody_says_fine_for_somebody_whose_part_is_closed(closed: Served) -> None:
    store = closed.desk.store
    closed.enter()
    one = ended(store)
    path = f"/talks/{one.id}"
    found = next(remark for remark in closed.desk.summary(one.id).remarks if remark.kind == "blame")
    fields = {
        "what": "fine", "which": "remark", "kind": "blame", "start_s": str(found.start_s), "by": "B",
    }  # fmt: skip
    store.set_code("Sam", "4711")
    assert closed.post(f"{path}/put-right", fields).status == 409
    assert store.corrections(one.id) == ()
    assert closed.post("/half", {"name": "Sam", "code": "4711", "talk": one.id}).status == 303
    assert closed.post(f"{path}/put-right", fields).status == 303
    assert len(store.corrections(one.id)) == 1


STALE = (
    {}, {"what": "burn"}, {"what": "give", "turn": "0", "start_s": "2.0", "to": "nobody"},
    {"what": "give", "turn": "99", "start_s": "2.0", "to": "B"},
    {"what": "give", "turn": "0", "start_s": "nan", "to": "B"},
    {"what": "leave_out", "turn": "0", "start_s": "9.9"}, {"what": "words", "turn": "x", "start_s": "2.0", "text": "a"},
    {"what": "fine", "which": "interruption", "kind": "attempt", "start_s": "1e400", "by": "A"},
    {"what": "undo", "count": "-1"}, {"what": "undo", "count": "many"},
)  # fmt: skip


@pytest.mark.parametrize("fields", STALE)
def test_a_change_that_does_not_fit_changes_nothing(web: Served, fields: dict[str, str]) -> None:
    store = web.desk.store
    one = store.sessions()[0] if store.sessions() else ended(store)
    assert web.post(f"/talks/{one.id}/put-right", fields).status == 409
    assert store.corrections(one.id) == ()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "coach.cli", "web", "--no-open"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=os.environ | {"COACH_DATA": str(tmp_path / "kept")},
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def test_the_verb_prints_its_link_and_ends_cleanly(started: subprocess.Popen[str], tmp_path: Path) -> None:
    assert started.stdout is not None
    link = next(line.strip() for line in started.stdout if "http://" in line)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/open\?token=[\w-]{40,}", link)
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
    port = int(link.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as page:  # one that is left open
        page.sendall(f"GET /static/web.css HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert page.recv(100).startswith(b"HTTP/1.1 200")
        started.send_signal(signal.SIGINT)
        _, said = started.communicate(timeout=20)
    assert started.returncode == 0
    assert said.strip() == "Closed."


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        shown = subprocess.run(
            [sys.executable, "-m", "coach.cli", "web", "--no-open", "--port", str(taken.getsockname()[1])],
            capture_output=True, text=True, check=False, env=os.environ | {"COACH_DATA": str(tmp_path / "kept")},
        )  # fmt: skip
    assert shown.returncode == 1
    assert "Leave --port out" in shown.stderr


def _head(application: bytes, version: int) -> bytes:
    """The first page of an empty database."""
    counts = struct.pack(">IIII", 1, 1, 0, 0) + bytes(20) + struct.pack(">I", version) + bytes(4)
    return (b"SQLite format 3\0\x10\0\1\1\0\x40\x20\x20" + counts + application).ljust(4096, b"\0")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"SQLite format 3\0" + b"x" * 40, "damaged"),
        (b"my diary, not a database", "no database of the coach"),
        (_head(application=b"ABCD", version=1), "another program"),
        (_head(application=b"ALC1", version=60_000), "newer"),
    ],
    ids=["truncated", "foreign", "another program", "newer"],
)  # fmt: skip
def test_a_database_that_is_not_ours_is_told_and_left_alone(tmp_path: Path, content: bytes, told: str) -> None:
    database = tmp_path / "kept" / "coach.db"
    database.parent.mkdir()
    database.write_bytes(content)
    shown = subprocess.run(
        [sys.executable, "-m", "coach.cli", "web", "--no-open"], capture_output=True, text=True, check=False,
        env=os.environ | {"COACH_DATA": str(database.parent)}, timeout=30,
    )  # fmt: skip
    assert shown.returncode == 1
    assert told in shown.stderr
    assert "http://" not in shown.stdout
    assert database.read_bytes() == content


def test_the_form_of_the_test_is_what_the_page_sends(web: Served) -> None:
    assert web.secret("/") == web.desk.keys.form
    assert urlencode({"a": "b c"}) == "a=b+c"

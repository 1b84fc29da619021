"""The browser app as people meet it: in a real Chromium, against the real server, from the one-time link on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from audio.recording import open_recording
from audio.types import RATE_HZ
from audio.wavfile import WavFile
from coach import app
from coach.practice.content import cards
from coach.store import archive, open_store
from coach.store.folders import RECORDING
from coach.web.live import Live, Seen
from tests.page_talks import FIXTURES
from tests.parts import need
from tests.stored import ENTRIES, ended, talk
from tests.test_page import FLAGS, HOSTILE, until
from tests.web_server import Served, served

SECRET = "the blue teapot of aunt mathilda"
WEEKS = ("2026-04-05", "2026-04-12", "2026-04-19", "2026-04-26", "2026-05-03")
ANALYSIS_MS = 120_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=need("chromium"), args=FLAGS.split())
        yield chromium
        chromium.close()


HARMLESS = ("status of 409", "Autofocus processing was blocked")
"""A change that was refused, which a test asks for; somebody was quicker than the page."""


class Visit:
    """A browser that came in by the one-time link, and what it asked for and complained about."""

    def __init__(self, browser: Browser, web: Served, **look: object) -> None:
        self.web = web
        self.context: BrowserContext = browser.new_context(base_url=f"http://{web.host}", **look)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        if web.cookie:
            name, value = web.cookie.split("=")
            self.context.add_cookies([{"name": name, "value": value, "url": f"http://{web.host}"}])

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """With five talks of two people, a week apart; nobody has come in yet."""
    folder = tmp_path_factory.mktemp("data")
    with open_store(folder) as store:
        for week in WEEKS:
            ended(store, started_at=f"{week}T19:30:00+02:00", ended_at=f"{week}T19:50:00+02:00")
    with pytest.MonkeyPatch.context() as patch, served(folder) as one:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield one


@pytest.fixture(scope="module")
def visit(browser: Browser, web: Served) -> Iterator[Visit]:
    """One browser for all that need no look of their own. It came in by the link that is typed on the terminal."""
    with Visit(browser, web) as one:
        one.page.goto(web.desk.keys.link())
        one.page.wait_for_url("**/")
        (cookie,) = one.context.cookies()
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Strict"
        web.cookie = f"{cookie['name']}={cookie['value']}"
        yield one
        assert all(url.startswith(f"http://{web.host}/") for url in one.asked), "nothing is loaded from outside"


@pytest.fixture(scope="module")
def demo(visit: Visit) -> str:
    """The path of the talk that a person made by pressing the button on the first page."""
    page = visit.page
    page.goto("/")
    page.get_by_role("button", name="Try it with the bundled conversation").click()
    expect(page.get_by_role("heading", name="Listening …")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.wait_for_url("**/talks/*", timeout=ANALYSIS_MS)
    expect(page.get_by_role("heading", name="Daniel and Sarah")).to_be_visible()
    return page.url.removeprefix(f"http://{visit.web.host}")


@pytest.fixture
def page(visit: Visit) -> Iterator[Page]:
    """The one browser's page; whatever it complains of is a failure."""
    visit.said.clear()
    yield visit.page
    assert [said for said in visit.said if not any(known in said for known in HARMLESS)] == []


def test_the_timeline_and_the_numbers_are_there(page: Page, web: Served, demo: str) -> None:
    page.goto(demo)
    expect(page.get_by_role("slider")).to_be_visible()
    assert page.locator("#lanes .speech").count() == 2
    assert page.locator("#lanes .remarks use").count() >= 10
    expect(page.get_by_role("row", name=re.compile("Speaking time"))).to_be_visible()


def test_a_moment_is_played(page: Page, visit: Visit, demo: str) -> None:
    page.goto(demo)
    moment = page.locator(".moments a.at").first
    moment.click()
    at = float(moment.get_attribute("data-t") or "nan")
    until(page, f"Math.abs(document.getElementById('audio').currentTime - {at}) < 5")
    until(page, "!document.getElementById('audio').paused")
    until(page, f"document.getElementById('audio').currentTime > {at} + 0.3")
    assert any(url.endswith("/sound") for url in visit.asked)


def numbers(page: Page) -> str:
    return page.locator("#numbers table").first.inner_text()


def test_a_turn_is_given_to_the_other_and_taken_back(page: Page, web: Served, demo: str) -> None:
    page.goto(demo)
    before, lanes = numbers(page), page.locator("#lanes").inner_html()
    line = page.locator(".turn:not(.listening)", has_text="Daniel").nth(2)
    words = line.locator("p").first.inner_text()
    line.get_by_role("link", name=re.compile("Put right")).click()
    page.get_by_role("button", name="This was Sarah").click()
    expect(page.get_by_role("status").first).to_contain_text("now belongs to the other one of you")
    assert numbers(page) != before
    assert page.locator("#lanes").inner_html() != lanes
    given = page.locator(".turn", has_text=words[:25]).first
    expect(given.locator("b").first).to_have_text("Sarah")
    page.reload()
    assert numbers(page) != before, "it is kept"
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status").first).to_contain_text("Taken back")
    assert numbers(page) == before
    assert page.locator("#lanes").inner_html() == lanes


def test_words_are_corrected_line_by_line(page: Page, web: Served, demo: str) -> None:
    page.goto(demo)
    line = page.locator(".turn:not(.listening)").nth(1)
    line.get_by_role("link", name=re.compile("Put right")).click()
    text = page.get_by_label("What was really said")
    was = text.input_value()
    now = f"Well, {was.replace('easy', 'not at all easy')} Goodbye."
    text.fill(now)
    page.get_by_role("button", name="Change the words").click()
    page.locator(".turn:not(.listening)").nth(1).get_by_role("link", name=re.compile("Put right")).click()
    expect(page.get_by_label("What was really said")).to_have_value(now)
    page.goto(demo)
    while page.get_by_role("button", name="Take the last change back").count():
        page.get_by_role("button", name="Take the last change back").click()
    page.locator(".turn:not(.listening)").nth(1).get_by_role("link", name=re.compile("Put right")).click()
    expect(page.get_by_label("What was really said")).to_have_value(was)


def test_what_was_fine_counts_no_more(page: Page, web: Served, demo: str) -> None:
    page.goto(demo)
    marks = page.locator(".onset").count()
    page.locator("#onsets summary").click()
    page.locator("#onsets").get_by_role("button", name=re.compile("that was fine")).first.click()
    expect(page.get_by_role("status").first).to_contain_text("counts as fine")
    assert page.locator(".onset").count() == marks - 1
    page.get_by_role("button", name="Take it back").click()
    assert page.locator(".onset").count() == marks


def test_voices_are_swapped_all_through(page: Page, web: Served, demo: str) -> None:
    page.goto(demo)
    before = page.locator(".turn > b").all_inner_texts()
    page.get_by_role("button", name="Swap the two voices all through").click()
    other = {"Daniel": "Sarah", "Sarah": "Daniel"}
    assert page.locator(".turn > b").all_inner_texts() == [other[name] for name in before]
    page.get_by_role("button", name="Take it back").click()
    assert page.locator(".turn > b").all_inner_texts() == before


def test_without_a_script_all_can_be_read_and_put_right(browser: Browser, web: Served, demo: str) -> None:
    with Visit(browser, web, java_script_enabled=False) as visit:
        page = visit.page
        for path in ("/", "/talks", "/trends", "/settings", "/practise", "/talk", "/forget", "/export"):
            page.goto(path)
            expect(page.locator("h1")).to_be_visible()
        page.goto(demo)
        before = numbers(page)
        page.locator(".turn:not(.listening)").nth(2).get_by_role("link", name=re.compile("Put right")).click()
        page.get_by_role("button", name=re.compile("This was")).click()
        assert numbers(page) != before
        page.get_by_role("button", name="Take it back").click()
        assert numbers(page) == before


def test_an_own_part_stands_behind_its_code(page: Page, web: Served, demo: str) -> None:
    page.goto("/talks")
    page.get_by_role("link", name=re.compile("Daily check-in")).first.click()
    path = page.url
    own = page.get_by_role("region", name="For Kim").locator(".item p").first.inner_text()
    page.goto("/settings")
    page.get_by_label("Kim: a code of your own").fill("4711")
    page.locator("form", has=page.get_by_label("Kim: a code of your own")).get_by_role("button").click()
    page.goto(path)
    assert own not in page.content()
    assert own not in web.get(f"{path.removeprefix(f'http://{web.host}')}/export/json").text
    expect(page.get_by_role("region", name="For Sam").locator(".item p").first).to_be_visible()
    page.get_by_label("The code of Kim").fill("1234")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_text("That is not the code")).to_be_visible()
    page.goto(path)
    page.get_by_label("The code of Kim").fill("4711")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_text(own)).to_be_visible()
    page.get_by_role("button", name=re.compile("Close Kim")).click()
    assert own not in page.content()
    page.goto("/settings")
    page.get_by_label("Kim: your code").fill("4711")
    page.get_by_role("button", name="Take it away").click()
    page.goto(path)
    expect(page.get_by_text(own)).to_be_visible()


def test_five_talks_give_trends(page: Page, web: Served, demo: str) -> None:
    page.goto("/trends")
    balance = page.locator(".measure", has_text="Talk balance")
    assert balance.locator("figure").count() == 2
    expect(balance).to_contain_text("Kim:")
    expect(balance).to_contain_text("in 4 talks")
    assert balance.locator("figure").first.locator(".dot").count() == len(WEEKS)
    balance.locator("summary").first.click()
    rows = balance.locator("figure").first.locator("tbody tr")
    assert rows.count() == len(WEEKS)
    rows.last.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Kim and Sam")).to_be_visible()


def test_a_talk_is_taken_out(page: Page, web: Served, demo: str) -> None:
    page.goto(demo)
    page.get_by_role("link", name="Take it out").click()
    for what, check in (("JSON", json.loads), ("WebVTT", lambda text: text.index("WEBVTT"))):
        with page.expect_download() as taken:
            page.get_by_role("listitem").filter(has_text=what).get_by_role("link").click()
        assert check(taken.value.path().read_text(encoding="utf-8")) is not None
    page.goto("/export")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Save coach.zip").click()
    assert taken.value.path().read_bytes().startswith(b"PK")
    assert not list(web.desk.folder.glob(".archive*"))


def test_an_archive_of_another_coach_comes_in(page: Page, web: Served, tmp_path: Path) -> None:
    with open_store(tmp_path / "other") as other:
        theirs = ended(other, started_at="2025-03-01T20:00:00+01:00", ended_at="2025-03-01T20:20:00+01:00")
        archive.write(other, tmp_path / "coach.zip", "2025-03-02T20:00:00+01:00")
    page.goto("/export")
    page.get_by_label("The archive").set_input_files(tmp_path / "coach.zip")
    page.get_by_role("button", name="Bring it in").click()
    page.wait_for_url("**/talks?done=arrived")
    expect(page.get_by_role("status")).to_contain_text("come in")
    expect(page.get_by_role("heading", name="March 2025")).to_be_visible()
    assert not list(web.desk.folder.glob(".archive*"))
    (tmp_path / "broken.zip").write_bytes((tmp_path / "coach.zip").read_bytes()[:900])
    page.goto("/export")
    page.get_by_label("The archive").set_input_files(tmp_path / "broken.zip")
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("no archive of the coach, or cut short")).to_be_visible()
    web.desk.store.drop(theirs.id)


PLACES = (
    "/", "/talks", "/recording", "/trends", "/settings", "/settings/voice", "/practise", "/talk", "/forget",
    "/forget?everything=yes", "/export",
)  # fmt: skip


NARROW = ("/", "/settings", "/live")


class Acted(Live):
    """A talk in front of the page, without a microphone behind it."""

    running = True

    def __init__(self) -> None:
        super().__init__()
        self.pressed: list[str] = []

    def press(self, key: str) -> None:
        self.pressed.append(key)


TALKING = Seen(
    step="A win and a challenge", floor="Kim", time="3:42", share=0.7, text="Kim, you have the floor.", recording=True,
    keys=(("p", "pass on"), ("s", "stop now")), level=0.4,
)  # fmt: skip
RATING = Seen(
    step="Understood", wanted="0 - 10", text="How well understood do you feel?", keys=(("7", "7"), ("t", "10"))
)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_axe_finds_nothing_on_any_page(browser: Browser, web: Served, demo: str, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    look = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    start_s = re.findall(r'name="start_s" value="([\d.]+)"', web.get(f"{demo}?turn=2").text)[-1]
    more = (f"{demo}?turn=2", f"{demo}/export", f"{demo}/delete?turn=2&start_s={start_s}", "/practise/card", "/live")
    web.post("/practise", {"drill": "say_back", "way": "typed"})
    web.desk.live, before = Acted(), web.desk.live
    web.desk.live.seen = TALKING
    with Visit(browser, web, **look) as visit:
        for path in (*PLACES, *more, "/nothing"):
            answer = visit.page.goto(path)
            assert answer is not None
            assert answer.status == (404 if path == "/nothing" else 200), path
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, path
            if width < 1000 and path not in NARROW:  # laid out by the same rules as one of these
                continue
            found = Axe().run(visit.page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    web.desk.live = before


def test_a_talk_is_followed_and_its_keys_are_pressed(page: Page, web: Served) -> None:
    acted, before = Acted(), web.desk.live
    web.desk.live = acted
    acted.seen = TALKING
    page.goto("/talk")
    assert page.url.endswith("/live"), "one talk at a time"
    expect(page.get_by_role("heading", name="Kim")).to_be_visible()
    expect(page.get_by_text("has the floor", exact=True)).to_be_visible()
    expect(page.get_by_text("3:42")).to_be_visible()
    page.get_by_role("button", name="pass on").click()
    page.keyboard.press("s")
    page.keyboard.press("x")
    acted.seen = RATING
    page.get_by_role("button", name="10").click()
    expect(page.get_by_text("How well understood do you feel?")).to_be_visible()
    expect(page.get_by_text("has the floor", exact=True)).to_have_count(0)
    acted.seen = Seen(ended="The talk has ended, and nothing of it was kept.")
    expect(page.get_by_role("heading", name="The talk has ended")).to_be_visible()
    assert acted.pressed == ["p", "s", "t"]
    web.desk.live = before


def test_a_card_is_practised_by_typing(page: Page, web: Served) -> None:
    page.goto("/practise")
    page.get_by_role("radio", name=re.compile("^Say it back")).check()
    page.get_by_role("button", name="Read and type").click()
    statement = page.locator("blockquote").inner_text()
    card = next(one for one in cards() if one.statement == statement)
    before = len(web.desk.store.practice_results())
    page.get_by_label("Say it back in your own words.").fill(card.weak)
    page.get_by_role("button", name="Answer").click()
    expect(page.locator(".own")).to_contain_text(card.weak)
    page.get_by_label("Say it back in your own words.").fill(card.model)
    page.get_by_role("button", name="Answer").click()
    page.locator("summary").click()
    expect(page.get_by_role("meter", name="Keeping it short", exact=False)).to_be_visible()
    page.get_by_role("button", name="Next card").click()
    assert page.locator("blockquote").inner_text() != statement
    kept = web.desk.store.practice_results()[before:]
    assert [one.card for one in kept] == [card.id, card.id]
    assert kept[0].score is not None
    assert kept[1].score is not None
    assert kept[0].score < 0.5 < 0.7 <= kept[1].score
    assert f"say_back/{card.id}" in web.desk.store.schedules()
    page.get_by_role("button", name="Skip this one").click()
    page.get_by_role("button", name="End").click()
    expect(page.get_by_role("link", name="Once more")).to_be_visible()
    page.goto("/practise")
    expect(page.get_by_text(re.compile("answers on 1 day"))).to_be_visible()


def test_settings_are_kept_and_the_rest_of_the_file_stays(page: Page, web: Served) -> None:
    path = app.config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('# ours\nrecogniser = "auto"\n\n[limits.silence]\nwait_s = 4.0  # patient\n', encoding="utf-8")
    page.goto("/settings")
    page.get_by_label("Begins a talk").fill('Zoë "Z"')
    page.get_by_label("Listens first").fill("Jo\\nas")
    page.get_by_label("Keep the sound of talks?").select_option("for a week")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    config = app.config()
    assert config.names == ('Zoë "Z"', "Jo\\nas")
    assert config.keep_days == 7
    assert config.limits.silence.wait_s == 4.0
    assert "# ours" in path.read_text(encoding="utf-8")
    assert "# patient" in path.read_text(encoding="utf-8")
    page.goto("/talk")
    expect(page.get_by_label("Begins")).to_have_value('Zoë "Z"')
    expect(page.get_by_label("Keep the sound?")).to_have_value("7")
    page.goto("/settings/voice")
    page.get_by_label("Which voice?").select_option("English (Great Britain)")
    page.get_by_label("How does it sound?").select_option("higher")
    page.get_by_label("How fast does it speak?").select_option("slowly")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("How fast does it speak?")).to_have_value("110")
    assert (app.config().voice, app.config().words_per_minute) == ("gmw/en+f2", 110)
    path.unlink()


def test_everything_is_reached_by_keyboard(page: Page, web: Served, demo: str) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the page")).to_be_focused()
    expect(page.get_by_text("Skip to the page")).to_be_in_viewport()
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none" or page.evaluate("document.activeElement === document.body")
    assert {"Talks", "Settings", "Choose a talk", "Practise", "Try it with the bundled conversation"} <= reached


def test_hostile_words_and_names_are_harmless(page: Page, web: Served, demo: str) -> None:
    lines = tuple(("AB"[at % 2], at * 3.0, at * 3.0 + 2.5, text) for at, text in enumerate(HOSTILE))
    session = ended(web.desk.store, talk("bad", lines), names=(HOSTILE[1], HOSTILE[4]))
    places = (
        "/", "/talks", "/trends", "/settings", "/forget", f"/talks/{session.id}", f"/talks/{session.id}?turn=0",
        f"/talks/{session.id}/export", f"/forget?talk={session.id}",
    )  # fmt: skip
    for path in places:
        page.goto(path)
        assert page.evaluate("window.hacked") is None, path
        assert page.locator("img, iframe, [onerror], [onload]").count() == 0, path
        assert "1337" not in page.content(), path
    assert web.get(f"/talks/{session.id}/export/csv").text.count(",=HYPERLINK") == 0
    web.desk.store.drop(session.id)


def test_what_is_forgotten_leaves_no_trace(page: Page, web: Served, demo: str) -> None:
    store, folder = web.desk.store, web.desk.folder
    lines = (("A", 1.0, 6.0, SECRET), ("B", 7.0, 12.0, f"you said {SECRET} yesterday"))
    session = ended(store, talk("secret", lines), keep_days=9)
    assert found_in(folder, SECRET)
    page.goto(f"/talks/{session.id}")
    page.get_by_role("link", name="Forget this talk").click()
    expect(page.get_by_role("heading", name="Forget this talk?")).to_be_visible()
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name="Forget this talk").click()
    page.get_by_role("button", name="Forget it for good").click()
    expect(page.get_by_role("status")).to_contain_text("It is gone")
    assert page.goto(f"/talks/{session.id}").status == 409  # type: ignore[union-attr]
    assert not found_in(folder, SECRET)
    assert not list(folder.rglob(f"*{session.id}*"))


def found_in(folder: Path, sentence: str) -> list[Path]:
    """Files that hold any long word of it; packed text is found by unpacking, which nothing deleted survives."""
    words = [word.encode() for word in sentence.split() if len(word) > 6]
    from coach.store.forms import unpacked

    found = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        texts = [content]
        for at in (match.start() for match in re.finditer(b"\x78\x9c", content)):
            try:
                texts.append(unpacked(content[at:]).encode("utf-8", "replace"))
            except Exception:  # noqa: BLE001
                continue
        if any(word in text for word in words for text in texts):
            found.append(path)
    return found


@pytest.mark.slow
def test_a_talk_that_was_cut_off_is_finished_on_the_page(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with open_store(folder) as store:
        cut_off = store.begin(
            kind="talk", plan="daily_check_in", names=("Daniel", "Sarah"), started_at=f"{WEEKS[0]}T19:30:00+02:00"
        )
        store.keep(cut_off.id, ENTRIES)
        file = WavFile(store.folder_of(cut_off.id) / RECORDING, 1)
        heard = np.concatenate([frame.samples for frame in open_recording(FIXTURES / "demo.flac").frames()])
        file.append((heard[: 40 * RATE_HZ] * 32767).astype("<i2").tobytes())
        file.close()
    with served(folder) as own, Visit(browser, own) as visit:
        page = visit.page
        page.goto(own.desk.keys.link())
        page.wait_for_url("**/")
        page.get_by_role("link", name="finish or forget it").click()
        expect(page.get_by_role("heading", name="This talk was cut off")).to_be_visible()
        page.get_by_role("button", name="Finish it now").click()
        page.wait_for_url("**/talks/*", timeout=ANALYSIS_MS)
        expect(page.get_by_role("heading", name="Daniel and Sarah")).to_be_visible()
        assert own.desk.store.session(cut_off.id).state == "ended"
        assert visit.said == []


@pytest.mark.slow
def test_a_recording_of_ones_own_is_listened_to(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path / "data") as own, Visit(browser, own) as visit:
        page = visit.page
        page.goto(own.desk.keys.link())
        page.wait_for_url("**/")
        page.get_by_role("link", name="recording of your own").click()
        page.get_by_label("The recording").set_input_files(FIXTURES / "demo.flac")
        page.get_by_label("Who speaks first?").fill("Kim")
        page.get_by_label("And the other?").fill("Sam")
        page.get_by_label("Keep the sound here?").select_option("for a week")
        page.get_by_role("button", name="Listen to it").click()
        page.wait_for_url("**/talks/*", timeout=ANALYSIS_MS)
        expect(page.get_by_role("heading", name="Kim and Sam")).to_be_visible()
        (session,) = own.desk.store.sessions()
        assert (session.kind, session.keeps_audio) == ("recording", True)
        assert not list(own.desk.folder.glob(".archive*"))
        assert visit.said == []

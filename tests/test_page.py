"""The page as people meet it: in a real Chromium, by keyboard, without a script, without a network, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect, sync_playwright

from audio.compressed import MIME, compressed
from audio.recording import open_recording
from audio.types import UNKNOWN, Span, Word
from coach.conversation import Conversation
from coach.render import html
from coach.summary import Summary
from tests.page_talks import FIXTURES, demo, long_talk, summary_of
from tests.parts import need

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=need("chromium"), args=FLAGS.split())
        yield chromium
        chromium.close()


class Opened:
    """A page opened from disk with no network, and what it tried to load and complained about."""

    def __init__(self, browser: Browser, path: Path, text: str, **context: object) -> None:
        path.write_text(text, encoding="utf-8")
        self.context = browser.new_context(offline=True, **context)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.failed: dict[str, str | None] = {}
        self.page.on("requestfailed", lambda request: self.failed.update({request.url: request.failure}))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.page.goto(path.as_uri())

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def until(page: Page, condition: str) -> None:
    """Wait, at most 10 s. The driver's own waiting needs `eval`, which the page's policy forbids."""
    for _ in range(200):
        if page.evaluate(f"Boolean({condition})"):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {condition}")


@pytest.fixture(scope="module")
def talk() -> Summary:
    return demo()


@pytest.fixture(scope="module")
def demo_page(talk: Summary) -> str:
    return html.render(talk)


@pytest.fixture(scope="module")
def demo_page_with_sound(talk: Summary) -> str:
    sound = compressed(open_recording(FIXTURES / "demo.flac"))
    return html.render(talk, html.AudioCopy(data=sound, mime=MIME))


def test_the_page_names_nothing_outside_itself(demo_page: str) -> None:
    assert not re.search(
        r"https?://|//[a-z]|\ssrc=|url\(|@import|<link|<iframe|<object|\sstyle=|\son[a-z]+=", demo_page
    )
    assert "default-src 'none'" in unescape(demo_page)


def test_the_page_loads_nothing_and_complains_of_nothing(browser: Browser, tmp_path: Path, demo_page: str) -> None:
    with Opened(browser, tmp_path / "page.html", demo_page) as opened:
        assert opened.asked == [(tmp_path / "page.html").as_uri()]
        assert opened.said == []
        assert opened.page.evaluate("document.documentElement.classList.contains('js')"), (
            "the policy let the script run"
        )


def test_the_policy_stops_what_would_load_or_run(browser: Browser, tmp_path: Path, demo_page: str) -> None:
    bad = (
        "<img src='http://127.0.0.1:9/a.png'><script>window.hacked = 1</script><p style='color:red'></p>"
        "<iframe srcdoc='<script>parent.hacked = 1</script>'></iframe><a id=bad onclick='window.hacked = 1'>x</a>"
    )
    with Opened(browser, tmp_path / "page.html", demo_page.replace("</main>", bad + "</main>")) as opened:
        opened.page.evaluate("document.getElementById('bad').click()")
        assert opened.page.evaluate("window.hacked") is None
        assert len(opened.said) >= 4, "each attempt is refused"
        until(opened.page, "document.images[0].complete")
        assert opened.failed == {"http://127.0.0.1:9/a.png": "csp"}


def test_half_an_hour_is_under_300_kb() -> None:
    half_an_hour = long_talk(30)
    assert len(half_an_hour.turns) >= 400
    assert len(html.render(half_an_hour).encode()) < 300_000


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_axe_finds_nothing(
    browser: Browser, tmp_path: Path, demo_page_with_sound: str, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    look = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with Opened(browser, tmp_path / "page.html", demo_page_with_sound, **look) as opened:
        opened.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        opened.page.locator("a.mark").first.focus()
        found = Axe().run(opened.page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_nothing_reaches_past_the_edge(browser: Browser, tmp_path: Path, width: int) -> None:
    text = html.render(long_talk(3, names=("Wolfeschlegelsteinhausenbergerdorff" * 3, "Jo")))
    with Opened(browser, tmp_path / "page.html", text, viewport={"width": width, "height": 800}) as opened:
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_moves_the_line_and_goes_to_the_words(
    browser: Browser, tmp_path: Path, talk: Summary, demo_page: str
) -> None:
    with Opened(browser, tmp_path / "page.html", demo_page) as opened:
        page = opened.page
        slider = page.get_by_role("slider")
        page.keyboard.press("Tab")
        expect(page.get_by_text("Skip to the talk")).to_be_focused()
        for _ in range(60):
            if page.evaluate("document.activeElement.id") == "scroll":
                break
            page.keyboard.press("Tab")
        expect(slider).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        expect(slider).to_have_attribute("aria-valuenow", "6")
        turn = next(turn for turn in talk.turns if turn.start_s <= 6 < turn.end_s)
        expect(slider).to_have_attribute("aria-valuetext", f"0:06, {talk.name(turn.speaker)} speaking")
        expect(page.locator("#here")).to_contain_text(turn.words[0].text)
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == f"#t{turn.index}"
        slider.focus()
        page.keyboard.press("End")
        expect(slider).to_have_attribute("aria-valuenow", f"{talk.conversation.duration_s:.0f}")


def test_a_mark_tells_its_reason_and_rewrite_on_focus(
    browser: Browser, tmp_path: Path, talk: Summary, demo_page: str
) -> None:
    blame = next(remark for remark in talk.remarks if remark.kind == "blame")
    with Opened(browser, tmp_path / "page.html", demo_page, viewport={"width": 390, "height": 800}) as opened:
        mark = opened.page.locator("a.mark", has_text=blame.quote)
        note = opened.page.locator(f"[id='{mark.get_attribute('aria-describedby')}']")
        expect(note).to_be_hidden()
        mark.focus()
        expect(note).to_be_visible()
        expect(note).to_contain_text("Blame (fairly sure). Points at the other.")
        expect(note).to_contain_text("Could be said: “When that happened, I felt")
        box = note.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        opened.page.keyboard.press("Escape")
        expect(note).to_be_hidden()
        mark.click()
        expect(note).to_be_visible()


def test_a_closer_look_keeps_the_line_in_view(browser: Browser, tmp_path: Path) -> None:
    with Opened(browser, tmp_path / "page.html", html.render(long_talk(30))) as opened:
        page = opened.page
        whole = page.evaluate("document.getElementById('lanes').clientWidth")
        page.locator("#lanes").click(position={"x": whole * 0.7, "y": 60})
        page.locator("label[for=z8]").click()
        assert page.evaluate("document.getElementById('lanes').clientWidth") == pytest.approx(8 * whole, rel=0.01)
        at = page.evaluate("document.getElementById('needle').getBoundingClientRect().x")
        frame = page.locator("#scroll").bounding_box()
        assert frame is not None
        assert frame["x"] < at < frame["x"] + frame["width"]


def test_a_moment_plays(browser: Browser, tmp_path: Path, demo_page_with_sound: str) -> None:
    with Opened(browser, tmp_path / "page.html", demo_page_with_sound) as opened:
        page = opened.page
        moment = page.locator(".moments a.at").first
        start_s = float(moment.get_attribute("data-t") or "nan")
        moment.focus()
        page.keyboard.press("Enter")
        until(page, f"audio.currentTime > {start_s + 0.2}")
        assert not page.evaluate("document.getElementById('audio').paused")
        expect(page.locator(".turn.now").first).to_be_visible()
        page.locator("#scroll").focus()
        page.keyboard.press(" ")
        until(page, "audio.paused")
        page.locator("#t0 a.at").click()
        until(page, "audio.currentTime < 10")
        assert opened.said == []
        assert not [url for url in opened.asked if url.startswith("http")]


def test_everything_can_be_read_without_a_script(
    browser: Browser, tmp_path: Path, talk: Summary, demo_page: str
) -> None:
    with Opened(browser, tmp_path / "page.html", demo_page, java_script_enabled=False) as opened:
        page = opened.page
        expect(page.get_by_role("heading", name="Daniel and Sarah")).to_be_visible()
        expect(page.locator(".keys")).to_be_hidden()
        before = page.locator("#lanes").bounding_box()
        page.locator("#z1").focus()
        page.keyboard.press("ArrowRight")
        after = page.locator("#lanes").bounding_box()
        assert before is not None
        assert after is not None
        assert after["width"] == pytest.approx(2 * before["width"], rel=0.01)
        mark = page.locator("a.mark").first
        mark.focus()
        expect(page.locator(".note").first).to_be_visible()
        page.get_by_text("What listened").click()
        expect(page.get_by_text("moonshine-tiny-en")).to_be_visible()
        for turn in talk.turns:
            assert turn.words[0].text in (page.locator(f"#t{turn.index} p").text_content() or "")


def test_paper_shows_what_the_screen_hides(browser: Browser, tmp_path: Path, demo_page: str) -> None:
    with Opened(browser, tmp_path / "page.html", demo_page, java_script_enabled=False, color_scheme="dark") as opened:
        page = opened.page
        page.emulate_media(media="print")
        expect(page.locator(".note").first).to_be_visible()
        expect(page.locator("nav")).to_be_hidden()
        expect(page.get_by_text("moonshine-tiny-en")).to_be_visible()


def test_no_motion_where_none_is_wanted(browser: Browser, tmp_path: Path, demo_page: str) -> None:
    with Opened(browser, tmp_path / "page.html", demo_page, reduced_motion="reduce") as opened:
        behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
        assert opened.page.evaluate(behaviour) == "auto"
        opened.page.emulate_media(reduced_motion="no-preference")
        assert opened.page.evaluate(behaviour) == "smooth"


def test_feedback_stands_as_it_was_chosen(browser: Browser, tmp_path: Path, talk: Summary, demo_page: str) -> None:
    assert len(talk.feedback) == 5
    with Opened(browser, tmp_path / "page.html", demo_page) as opened:
        shown = opened.page.locator(".item > p:not(.moments)").all_text_contents()
        assert shown == [item.text for item in talk.feedback]
        for link in opened.page.locator(".moments a.at").all():
            assert opened.page.locator(f"[id='{(link.get_attribute('href') or '')[1:]}']").count() == 1


HOSTILE = (
    "<script>window.hacked=1</script>",
    "\"><img src=x onerror='window.hacked=1'>",
    "</style><script>window.hacked=1</script>",
    "</script><svg onload=window.hacked=1>",
    "{{ 7*191 }}{% raw %}",
    "\x1b[31mred\x07",
    "\u202eevil\u2066",
    "=HYPERLINK(1)",
    "javascript:window.hacked=1",
    "&lt;b&gt;",
    "\ud800",
)


def test_hostile_names_and_words_are_harmless(browser: Browser, tmp_path: Path) -> None:
    words = tuple(
        Word(speaker="AB"[at % 2], start_s=at * 2.0, end_s=at * 2.0 + 1.5, text=text) for at, text in enumerate(HOSTILE)
    )
    conversation = Conversation(
        id=HOSTILE[0], duration_s=40, speakers=("A", "B"), words=words, word_times="exact",
        speech=tuple(Span(speaker=word.speaker, start_s=word.start_s, end_s=word.end_s) for word in words),
    )  # fmt: skip
    said = [("blame", word.speaker, word.start_s, word.text) for word in words]
    summary = summary_of(
        conversation, said, names={"A": HOSTILE[1], "B": HOSTILE[5] + HOSTILE[6]}, path=f"a/{HOSTILE[2]}.wav",
        caveats=HOSTILE,
    )  # fmt: skip
    text = html.render(summary)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert "1337" not in text
    with Opened(browser, tmp_path / "page.html", text) as opened:
        page = opened.page
        assert page.evaluate("window.hacked") is None
        assert opened.said == []
        assert page.locator("script").count() == 1
        assert page.locator("img, iframe, [onerror], [onload]").count() == 0
        assert page.evaluate("[...document.links].every((each) => each.getAttribute('href').startsWith('#'))")
        expect(page.locator("#t1")).to_contain_text(HOSTILE[1])


def talk_of(speakers: tuple[str, ...], spans: tuple[Span, ...], duration_s: float) -> Conversation:
    return Conversation(id="x", duration_s=duration_s, speakers=speakers, speech=spans)


EIGHT = tuple(Span(speaker=name, start_s=at * 3, end_s=at * 3 + 2) for at, name in enumerate("ABCDEFGH"))


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        (talk_of((), (), 30.0), "nobody was heard"),
        (talk_of((), (), 0.0), "nobody was heard"),
        (talk_of(("A",), (Span(speaker="A", start_s=1, end_s=20),), 30.0), "Nobody answered anybody"),
        (talk_of((UNKNOWN,), (Span(speaker=UNKNOWN, start_s=1, end_s=20),), 30.0), "no words"),
        (talk_of(tuple("ABCDEFGH"), EIGHT, 30.0), "H"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(conversation: Conversation, expected: str) -> None:
    assert expected in html.render(summary_of(conversation, [], names={name: name for name in conversation.speakers}))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.floats(0, 4000), st.floats(0.05, 30), st.text(max_size=12)), max_size=12
    )
)
def test_any_talk_makes_a_page_whose_places_are_on_it(rows: list[tuple[str, float, float, str]]) -> None:
    ends_s: dict[str, float] = {}
    spans, words = [], []
    for speaker, start_s, length_s, text in sorted(rows, key=lambda row: row[1]):
        if start_s >= ends_s.get(speaker, 0.0):
            ends_s[speaker] = start_s + length_s
            spans.append(Span(speaker=speaker, start_s=start_s, end_s=start_s + length_s))
            words.append(Word(speaker=speaker, start_s=start_s, end_s=start_s + length_s, text=text))
    speakers = tuple(dict.fromkeys(span.speaker for span in spans))
    conversation = Conversation(
        id="x", duration_s=max(ends_s.values(), default=0.0), speakers=speakers, speech=tuple(spans),
        words=tuple(words), word_times="exact",
    )  # fmt: skip
    said = [("feeling", word.speaker, word.start_s, word.text) for word in words if word.text.strip()]
    text = html.render(summary_of(conversation, said, names={name: name for name in speakers}))
    assert all(0 <= float(place) <= 100.01 for place in re.findall(r'(?:x|x1|x2|width)="([-\d.]+)%"', text))
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)

"""A talk that is led from the browser, with a real microphone, voice and recorder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from coach.store.recordings import sound_of
from tests.acting import Actor
from tests.lines import Line
from tests.room import room
from tests.test_web_pages import Browser, Visit, browser
from tests.web_server import served

__all__ = ["browser"]


@pytest.mark.slow
def test_a_real_talk_is_begun_agreed_to_and_ended_on_the_page(browser: Browser, tmp_path: Path) -> None:
    """The people press the keys of the page; once they have the floor, one of them speaks."""
    told = [Line("slt", "I had a long walk by the river today, and I felt happy about it.", when="only listen")]
    with room(tmp_path / "home") as home, served(tmp_path / "data") as own, Visit(browser, own) as visit:
        page = visit.page
        page.goto(own.desk.keys.link())
        page.wait_for_url("**/")
        page.get_by_role("link", name="Choose a talk").click()
        page.get_by_label("Begins").fill("Kim")
        page.get_by_label("Listens first").fill("Sam")
        page.get_by_label("Length").select_option("half as long")
        page.get_by_label("Keep the sound?").select_option("for a week")
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_text("not recording")).to_be_visible()
        agreed = page.get_by_role("button", name=re.compile("yes please"))
        for question in ("One of you", "the other of you"):
            expect(page.locator("#said")).to_contain_text(question, timeout=120_000)
            expect(page.get_by_text("not recording")).to_be_visible()
            agreed.click(timeout=60_000)
        expect(page.locator("#sign")).to_have_text("recording", timeout=60_000)
        skip = page.get_by_role("button", name=re.compile("skip this"))
        while page.locator("#step").inner_text() in ("Your consent", "Hello", "Settle"):
            skip.click(timeout=60_000)
            page.wait_for_timeout(1000)
        with Actor(home, told) as actor:
            expect(page.get_by_role("heading", name="Kim")).to_be_visible(timeout=60_000)
            expect(page.get_by_text("has the floor", exact=True)).to_be_visible()
            expect(page.locator("#time")).to_have_text(re.compile(r"^[01]:\d\d$"))
            actor.finished(limit_s=90.0)
        page.get_by_role("button", name=re.compile("stop now")).click()
        page.wait_for_url("**/talks/*", timeout=120_000)
        (session,) = own.desk.store.sessions()
        assert (session.state, session.names, session.keeps_audio) == ("ended", ("Kim", "Sam"), True)
        assert sound_of(own.desk.store, session) is not None
        assert visit.said == []

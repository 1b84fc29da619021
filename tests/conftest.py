"""Which tests may run side by side: a file is one piece of work, and whatever makes real sound is one more.

Sound is played and recorded in real time: two such tests at once would wait for each other's processor. One that
failed is tried once more, since somebody else may have had the processor; the summary counts how often.
"""

from __future__ import annotations

import pytest

SOUND = {"tests.acting", "tests.room", "tests.sound_server", "tests.virtual_microphone"}


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        module = getattr(item, "module", None)
        uses = {getattr(value, "__module__", None) for value in vars(module).values()} if module else set()
        sounds = bool(uses & SOUND)
        item.add_marker(pytest.mark.xdist_group("sound" if sounds else item.path.name))
        if sounds:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    if getattr(session.config.option, "loadgroup", False):
        assert all("@" in item.nodeid for item in session.items), "the groups are lost: sound would run side by side"

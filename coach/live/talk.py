"""One talk from the open microphone to the spoken summary, for the terminal and for a page alike.

microphone --> ears ----Heard----+                      +--> follower --> facts --> summary --> mouth, store, page
                                 +--> driver <--> session
keys -----------------Key--------+
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from audio.errors import AudioError, RecordingError
from audio.transcribe import InTurn
from coach.clock import stamp
from coach.errors import CoachError
from coach.live import hellos
from coach.live.company import Company
from coach.live.driver import TICK_S, Driver
from coach.live.ears import Ears
from coach.live.ending import Outcome, Telling, facts, shown_to_both
from coach.live.follower import Follower
from coach.live.keeping import Keeping, write_page
from coach.live.mouth import Mouth, Play, Playing
from coach.live.own_voice import OwnVoice
from coach.live.screen import ScreenState, seen
from coach.session.commands import to_the_letter
from coach.session.engine import session
from coach.session.events import Event, Key

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.microphone import Microphone
    from audio.types import Clip, Source, SpeakerTracker, Transcriber, Voice, VoiceActivity
    from coach.conversation import Conversation
    from coach.session.content import CommonWords, SessionPlan
    from coach.session.exchange import Setup
    from coach.session.log import Entry
    from coach.session.steps import Done, Instruction
    from coach.session.understanding import Rules
    from coach.store.store import Store
    from coach.summary import Summary

    Floats = npt.NDArray[np.float32]

LEVEL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """The engines of a talk."""

    gate: VoiceActivity
    quick: Transcriber  # reads each utterance as soon as it has ended
    reader: Transcriber  # writes what is kept, and reads long ones; not the same, since both work at once
    readings: Callable[[Clip, Transcriber], Iterator[str]]
    tracker: Callable[[Mapping[str, Floats]], SpeakerTracker]
    enrol: Callable[[Clip], Floats]
    voice: Voice | None
    play: Play
    telling: Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The talk that two people want."""

    plan: SessionPlan
    break_plan: SessionPlan
    common: CommonWords
    rules: Rules
    setup: Setup
    known: Mapping[str, Floats] = field(default_factory=dict)  # voices that were learned before, of A and B


class Talk:
    """Made, then run once. `listeners` are shown every state, from the running thread."""

    def __init__(
        self,
        wish: Wish,
        kit: Kit,
        store: Store,
        microphone: Microphone,
        listeners: Sequence[Callable[[ScreenState], None]] = (),
    ) -> None:
        self._wish, self._kit, self._store = wish, kit, store
        self._microphone, self._listeners = microphone, listeners
        self._inbox: SimpleQueue[Event] = SimpleQueue()
        self._notice = ""
        self._level = (-1.0, 0.0)  # when it was measured, in dB
        self._clock_s = 0.0
        self._own = OwnVoice(microphone.path, self._clock)
        self._company = Company(wish.known)
        self._mouth = Mouth(kit.voice, kit.play, self._own, self._tell)
        self._reader = InTurn(kit.reader)
        self._ears = Ears(
            microphone, own=self._own, gate=kit.gate, company=self._company,
            readings=lambda clip: kit.readings(clip, kit.quick), enough=self._enough, reader=self._reader,
            tell=self._inbox.put,
        )  # fmt: skip
        self._keeping = Keeping(
            store, microphone.path, plan=wish.plan.id, names=wish.setup.names,
            started_at=stamp(), keep_days=wish.setup.keep_days,
        )  # fmt: skip
        self._driver = Driver(
            microphone=microphone, clock=self._clock, ears=self._ears, mouth=self._mouth, company=self._company,
            keeping=self._keeping, inbox=self._inbox, show=self._show, logged=self._logged, trouble=self._tell,
        )  # fmt: skip
        self._follower: Follower | None = None
        self._enrolled = bool(wish.known)
        self._ended_s = 0.0
        self.stages_s: dict[str, float] = {}  # from the end of the session on, until each was done

    def press(self, key: str) -> None:
        """A key, from any thread."""
        self._inbox.put(Key(at_s=0.0, key=key))

    def run(self) -> Outcome:
        """To the end of the spoken summary. The microphone is stopped."""
        wish = self._wish
        self._ears.start()
        try:
            steps = session(wish.plan, wish.break_plan, wish.common, wish.setup, wish.rules, at_s=self._clock())
            last = self._driver.run(steps)
            self._ended_s = time.monotonic()
            self._microphone.stop()
            self._stage("recording")
            return self._end(last)
        finally:
            self._mouth.stop()
            self._microphone.stop()
            self._ears.join()
            if self._follower is not None:
                self._follower.stop()

    # The end

    def _end(self, last: Instruction) -> Outcome:
        done: Done = last.step  # type: ignore[assignment]  # the driver returns no other
        self._show(last, self._clock(), self._clock())
        mouth = Mouth(self._kit.voice, self._play_summary, None, self._tell)
        if done.record is None or self._keeping.id is None:
            self._keeping.drop()
            mouth.say_all(done.closing)
            return Outcome(reason=done.reason)
        if done.tell:
            mouth.say(done.opening)
        try:
            talk, summary = self._summed_up(done.record.entries)
        except (AudioError, CoachError) as error:
            mouth.say_all(done.closing)
            return Outcome(reason=done.reason, id=self._keeping.id, unfinished=str(error))
        if not talk.speech:
            self._keeping.drop()
            mouth.say_all(done.closing)
            return Outcome(reason=done.reason)
        items = tuple(item.say for item in summary.feedback) if done.tell else ()
        told = (*items, *done.closing)
        telling = threading.Thread(target=mouth.say_all, args=(told,), name="telling", daemon=True)
        telling.start()
        try:
            outcome = self._saved(done, talk, summary)
            self._wait_for(telling, mouth)
            return outcome
        finally:
            mouth.silence()

    def _wait_for(self, telling: threading.Thread, mouth: Mouth) -> None:
        """Until all is told. The key that ends a talk ends this, too."""
        while telling.is_alive():
            with suppress(Empty):
                event = self._inbox.get(timeout=TICK_S)
                if isinstance(event, Key) and self._wish.rules.grammar.keys.get(event.key) == "stop_now":
                    mouth.silence()

    def _summed_up(self, log: Sequence[Entry]) -> tuple[Conversation, Summary]:
        self._follow()
        assert self._follower is not None
        assert self._keeping.id is not None
        heard = self._follower.finish(id_=self._keeping.id)
        self._stage("words")
        talk = facts(heard, log, self._own.stretches(), enrolled=self._enrolled)
        names = dict(zip("AB", self._wish.setup.names, strict=True))
        summary = self._kit.telling.summary(heard, talk, names, log)
        self._stage("measures")
        return talk, summary

    def _play_summary(self, clip: Clip) -> Playing:
        playing = self._kit.play(clip)
        for name in ("first sound", "feedback"):  # the opening, and what comes after it
            if name not in self.stages_s:
                self._stage(name)
                break
        return playing

    def _stage(self, name: str) -> None:
        self.stages_s[name] = time.monotonic() - self._ended_s

    def _saved(self, done: Done, talk: Conversation, summary: Summary) -> Outcome:
        id_, folder = self._keeping.id, self._keeping.folder
        assert folder is not None
        ended_at = stamp()
        try:
            self._keeping.end(talk, self._kit.telling.json(summary), ended_at)
            page = write_page(folder, self._kit.telling.page(shown_to_both(summary, self._store)))
        except CoachError as error:
            self._tell(str(error))
            return Outcome(reason=done.reason, id=id_, summary=summary, unfinished=str(error))
        return Outcome(reason=done.reason, id=id_, summary=summary, page=page)

    def _enough(self, text: str) -> bool:
        """Whether a first reading needs no other: it is a command to the letter, or too long for one."""
        rules = self._wish.rules
        return len(text.split()) > rules.commands.most_words + 2 or to_the_letter(text, rules.grammar)

    # What the driver calls

    def _logged(self, log: Sequence[Entry]) -> None:
        if hellos.begun(log):
            self._follow()

    def _follow(self) -> None:
        if self._follower is None:
            self._follower = Follower(
                self._microphone.path, tracker=self._tracker, transcriber=self._reader, unheard=self._unheard,
                settled_s=self._own.settled_s,
            )  # fmt: skip
            self._follower.start()

    def _tracker(self, source: Source) -> SpeakerTracker:
        known = dict(self._wish.known) or hellos.voices(source, self._driver.log, self._kit.enrol)
        self._enrolled = bool(known)
        return self._kit.tracker(known)

    def _unheard(self) -> tuple[tuple[float, float], ...]:
        return tuple(sorted((*self._own.stretches(), *self._driver.unheard)))

    def _show(self, instruction: Instruction, now_s: float, began_s: float) -> None:
        if now_s - self._level[0] >= LEVEL_S:
            self._level = (now_s, self._microphone.level_db if self._microphone.recording else -100.0)
        state = seen(instruction, now_s=now_s, began_s=began_s, level_db=self._level[1], notice=self._notice)
        for listener in self._listeners:
            listener(state)

    def _tell(self, sentence: str) -> None:
        self._notice = sentence

    def _clock(self) -> float:
        with suppress(RecordingError):  # the file has gone: time stands still, and the recorder tells
            self._clock_s = self._microphone.recorded_s
        return self._clock_s

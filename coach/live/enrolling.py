"""Learns one voice through the microphone, as a talk is led: by voice, keys and screen. Only the embedding is kept.

microphone --> ears --Heard--> driver <--> learning          recording, wiped at the end
                                              `--judge--> lone voice --embedding--> store
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from audio.errors import EngineError, RecordingError
from audio.lone_voice import LoneVoice, lone_voice
from audio.recording import Stretch, cut
from audio.tail import Tail
from audio.types import Clip
from coach.clock import stamp
from coach.live.company import Company
from coach.live.driver import Driver
from coach.live.ears import Ears
from coach.live.keeping import Keeping
from coach.live.learning import VoiceWords, learning
from coach.live.mouth import Mouth
from coach.live.own_voice import OwnVoice
from coach.live.screen import ScreenState, seen
from coach.session.events import Event, Key

if TYPE_CHECKING:
    from audio.microphone import Microphone
    from coach.live.learning import Fault, Stretches
    from coach.live.talk import Kit
    from coach.session.content import CommonWords
    from coach.session.steps import Done, EndReason, Instruction
    from coach.session.understanding import Rules
    from coach.store import Store

TOO_QUIET_DB = -50.0
"""Speech at arm's length reaches -40 on a microphone that is set well."""


class Enrolling:
    """Made, then run once."""

    def __init__(
        self, name: str, kit: Kit, store: Store, microphone: Microphone, show: Callable[[ScreenState], None]
    ) -> None:
        self._name, self._kit, self._store, self._microphone = name, kit, store, microphone
        self._screen = show
        self._inbox: SimpleQueue[Event] = SimpleQueue()
        self._notice = ""
        self._voice: LoneVoice | None = None
        self._clock_s = 0.0
        own = OwnVoice(microphone.path, self._clock)
        self._mouth = Mouth(kit.voice, kit.play, own, self._tell)
        company = Company()
        self._ears = Ears(
            microphone, own=own, gate=kit.gate, company=company, readings=lambda clip: kit.readings(clip, kit.quick),
            reader=kit.reader, tell=self._inbox.put,
        )  # fmt: skip
        self._keeping = Keeping(  # keeps nothing where no session asks it to
            store, microphone.path, plan="voice", names=(name, ""), started_at=stamp(), keep_days=0
        )
        self._driver = Driver(
            microphone=microphone, clock=self._clock, ears=self._ears, mouth=self._mouth, company=company,
            keeping=self._keeping, inbox=self._inbox, show=self._show, logged=lambda log: None, trouble=self._tell,
        )  # fmt: skip

    def press(self, key: str) -> None:
        """A key, from any thread."""
        self._inbox.put(Key(at_s=0.0, key=key))

    def run(self, words: VoiceWords, common: CommonWords, rules: Rules) -> EndReason:
        """To the last spoken word: "complete" where the voice is kept. Raises StoreError where it cannot be."""
        self._ears.start()
        try:
            steps = learning(self._name, words, common, rules, self._judge, at_s=self._clock())
            done: Done = self._driver.run(steps).step  # type: ignore[assignment]  # it returns no other
            self._microphone.stop()
            if done.reason == "complete" and self._voice is not None:
                self._store.keep_voice(self._name, self._voice.embedding, at=stamp())
            Mouth(self._kit.voice, self._kit.play, None, self._tell).say_all(done.closing)
            return done.reason
        finally:
            self._mouth.stop()
            self._microphone.stop()
            self._ears.join()

    def _judge(self, stretches: Stretches) -> Fault | None:
        import numpy as np

        recording = Tail(self._microphone.path, growing=lambda: False)
        pieces = cut(recording, [Stretch(start_s=start_s, end_s=end_s) for start_s, end_s in stretches])
        try:
            heard = lone_voice(Clip(samples=np.concatenate([piece.samples for piece in pieces])))
        except EngineError:  # a sound that is no voice
            return "more"
        if heard.level_db < TOO_QUIET_DB:
            return "too_quiet"
        if not heard.one:
            return "two_voices"
        self._voice = heard
        return None

    def _show(self, instruction: Instruction, now_s: float, began_s: float) -> None:
        level_db = self._microphone.level_db if self._microphone.recording else None
        self._screen(seen(instruction, now_s=now_s, began_s=began_s, level_db=level_db, notice=self._notice))

    def _tell(self, sentence: str) -> None:
        self._notice = sentence

    def _clock(self) -> float:
        with suppress(RecordingError):  # the file has gone: time stands still, and the recorder tells
            self._clock_s = self._microphone.recorded_s
        return self._clock_s

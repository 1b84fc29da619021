"""Who speaks when, of two people, from one mixed channel.

    sound -> Hearing -> activity ------------------------------> speech or not ---+
                     -> pieces -> two centres -> A against B -> likeliest path ---+-> spans, overlap kept

That there are two people is known, which makes this easier than diarisation at large: no threshold of similarity
decides anything but whether there is a second voice at all. Models: pyannote community-1 (segmentation; speaker
embedding, a WeSpeaker ResNet34) and Silero 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from audio.centres import near_known, two_centres
from audio.evidence import Evidence, Hearing
from audio.spans import FRAME_S, SpanLimits, in_order, runs, spans_of, tidy
from audio.types import Voices

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.spans import Mask
    from audio.types import Frame

    Floats = npt.NDArray[np.float32]

ENGINE = "two voices in one channel (pyannote community-1, Silero 6)"


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedOptions:
    """How voices are told apart in a mix. None of these judges a person.

    Log odds of speech are the segmentation's plus `silero_weight` times Silero's. Two levels, because the edges of
    speech and the pauses in it need different ones: with one level, either a fifth of hand-marked pauses of 0.3 s is
    lost or 3 % of speech at its edges.
    """

    spans: SpanLimits = field(default_factory=SpanLimits)
    silero_weight: float = 0.5
    speech_log_odds: float = 0.0  # above: speech
    pause_log_odds: float = 1.5  # below, for as long as a silence that ends a span: a pause in it
    overlap_probability: float = 0.5  # that two speak at once, from which both are written down
    voice_scale: float = 50.0  # log odds a second, by unit of difference in cosine
    switch_in_speech: float = 6.0  # log odds that a change of voice must earn inside speech
    switch_in_silence: float = 0.0  # and in silence
    same_voice_cosine: float = 0.62  # nearer centres are one voice: 0.69-0.80 within nine people, to 0.53 between two
    alike_cosine: float = 0.58  # nearer centres are told apart with doubt
    known_mass_units: float = 60.0  # an enrolled voice counts as 5 s of talk
    third_voice_units: float = 100.0  # 8 s of a voice that itself parts into two are a third person
    # Where both voices are known, a stranger is told by pieces that are near neither: of three recorded talks 0.2-0.7 %
    # of the speech of the two was further than this from both, of other people's speech 49-74 %.
    stranger_cosine: float = 0.3
    stranger_units: float = 60.0  # 5 s of them ...
    stranger_share: float = 0.03  # ... and so much of all speech
    much_overlap_share: float = 0.15  # of speech: more means that the voices were told apart badly


class Mixed:
    """A SpeakerTracker for one mixed channel; several channels are mixed down."""

    name = ENGINE

    def __init__(self, options: MixedOptions, enrolled: Mapping[str, Floats]) -> None:
        self._options = options
        self._enrolled = enrolled
        self._hearing = Hearing()

    def feed(self, frame: Frame) -> None:
        self._hearing.hear(frame.samples.mean(axis=1))

    def voices(self) -> Voices:
        return tell_apart(self._hearing.evidence(), self._options, self._enrolled)


def tell_apart(evidence: Evidence, options: MixedOptions, enrolled: Mapping[str, Floats]) -> Voices:
    """The voices that the evidence speaks for. Two enrolled voices give the names, and where to look. Pure."""
    import numpy as np

    speech = _speech(evidence, options)
    centres = _centres(evidence, options, enrolled)
    towards = _towards_first(evidence, centres, options)
    both = speech & (evidence.activity[:, 1] > options.overlap_probability) & (centres is not None)
    first = likeliest(
        np.where(speech, towards * FRAME_S, 0.0), np.where(speech, options.switch_in_speech, options.switch_in_silence)
    )
    masks = [tidy(speech & (side | both), options.spans) for side in (first, ~first)]
    chances = [np.where(both, evidence.activity[:, 1], 1 / (1 + np.exp(-side))) for side in (towards, -towards)]
    names = list(enrolled) or ["A", "B"]
    if not enrolled and masks[1].any() and (not masks[0].any() or masks[1].argmax() < masks[0].argmax()):
        names.reverse()

    def probability(voice: int, start: int, end: int) -> float:
        return round(float(chances[voice][start:end].mean()), 3)

    groups = [spans_of(names[voice], masks[voice], partial(probability, voice)) for voice in (0, 1)]
    return Voices(
        spans=in_order(*groups),
        engine=ENGINE,
        duration_s=round(len(speech) * FRAME_S, 3),
        voices_found=sum(bool(group) for group in groups),
        cautions=tuple(_cautions(masks, centres, evidence, options, known=bool(enrolled))),
    )


def _speech(evidence: Evidence, options: MixedOptions) -> Mask:
    """Speech or not: edges by the lower level, pauses by the higher one."""
    odds = log_odds(evidence.activity[:, 0]) + options.silero_weight * log_odds(evidence.silero)
    speech = tidy(odds > options.speech_log_odds, options.spans)
    certain = odds > options.pause_log_odds
    for start, end in runs(~tidy(certain, SpanLimits(silence_within_s=options.spans.silence_within_s, least_s=0.0))):
        if start > 0 and end < len(speech) and speech[start:end].all():
            speech[start:end] = False
    return tidy(speech, options.spans)


def _centres(evidence: Evidence, options: MixedOptions, enrolled: Mapping[str, Floats]) -> Floats | None:
    """Two centres, or None where there is one voice."""
    import numpy as np

    if enrolled:
        known = np.stack(list(enrolled.values()))
        return near_known(evidence.embeddings, evidence.piece_units, known, options.known_mass_units)
    centres = two_centres(evidence.embeddings, evidence.piece_units)
    if centres is None or float(centres[0] @ centres[1]) > options.same_voice_cosine:
        return None
    return centres


def _towards_first(evidence: Evidence, centres: Floats | None, options: MixedOptions) -> Floats:
    """Log odds a second that a frame is the first voice."""
    import numpy as np

    at = np.arange(len(evidence.activity), dtype=np.float32)
    if centres is None:
        return np.full(len(at), options.voice_scale, np.float32)
    if not len(evidence.embeddings):
        return np.zeros(len(at), np.float32)
    nearer = evidence.embeddings @ (centres[0] - centres[1])
    towards: Floats = (options.voice_scale * np.interp(at, evidence.piece_frames, nearer)).astype(np.float32)
    return towards


def log_odds(probability: Floats) -> Floats:
    import numpy as np

    clipped = np.clip(probability, 1e-4, 1 - 1e-4)
    odds: Floats = np.log(clipped / (1 - clipped))
    return odds


def likeliest(towards: npt.NDArray[np.float64], cost: npt.NDArray[np.float64]) -> Mask:
    """The likeliest path through two states (Viterbi 1967): True where it is in the first.

    `towards` (frames,) log odds of the first state, `cost` (frames,) of a switch on the way into the frame. With two
    states all that must be remembered is by how much the best path into one leads the best path into the other.
    """
    import numpy as np

    costs = cost.tolist()
    leads = []
    lead = 0.0
    for gain, limit in zip(towards.tolist(), costs, strict=True):
        leads.append(lead)
        lead = min(max(lead, -limit), limit) + gain
    path = np.zeros(len(costs), np.bool_)
    first = lead >= 0
    for frame in range(len(costs) - 1, -1, -1):
        path[frame] = first
        if abs(leads[frame]) > costs[frame]:
            first = leads[frame] > 0
    return path


def _cautions(
    masks: list[Mask], centres: Floats | None, evidence: Evidence, options: MixedOptions, *, known: bool
) -> Iterator[str]:
    speech = int((masks[0] | masks[1]).sum())
    if not speech:
        return
    if centres is None or not (masks[0].any() and masks[1].any()):
        yield "Only one voice was found. If two people spoke, give each a microphone, or sit closer to it."
        return
    if float(centres[0] @ centres[1]) > options.alike_cosine:
        yield "The two voices sound alike here: who spoke when is uncertain."
    if int((masks[0] & masks[1]).sum()) > options.much_overlap_share * speech:
        yield "More than 15 % of the speech is overlap: the two voices may have been told apart badly."
    if (_stranger if known else _third_voice)(centres, evidence, options):
        yield "A third voice seems to be in this recording: its speech is counted as one of the two."


def _stranger(centres: Floats, evidence: Evidence, options: MixedOptions) -> bool:
    """Is there speech that is near neither of two known voices?"""
    if not len(evidence.embeddings):
        return False
    near = (evidence.embeddings @ centres.T).max(axis=1)
    strange = float(evidence.piece_units[near < options.stranger_cosine].sum())
    return strange >= max(options.stranger_units, options.stranger_share * float(evidence.piece_units.sum()))


def _third_voice(centres: Floats, evidence: Evidence, options: MixedOptions) -> bool:
    """Does one of the two voices itself part into two, as one voice never does?"""
    first = evidence.embeddings @ (centres[0] - centres[1]) > 0
    for side in (first, ~first):
        embeddings, mass = evidence.embeddings[side], evidence.piece_units[side]
        parts = two_centres(embeddings, mass)
        if parts is None or float(parts[0] @ parts[1]) > options.same_voice_cosine:
            continue
        half = embeddings @ (parts[0] - parts[1]) > 0
        if min(mass[half].sum(), mass[~half].sum()) >= options.third_voice_units:
            return True
    return False

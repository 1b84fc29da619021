"""Two voices out of many short embeddings: two centres on the sphere.

pieces  . ..:.  .  ..::. .    each a point of unit length; near points sound alike
centres   A          B
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio.voiceprint import of_unit_length

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Choice = npt.NDArray[np.bool_]

_ROUNDS = 30
_DIRECTIONS = 2
_QUANTILES = (0.5, 0.2, 0.8)
"""Where the search starts: a cut through the pieces along their widest directions, in the middle and towards the ends
(one voice may have spoken little). It is small, exact in its order, and knows no chance."""


def two_centres(embeddings: Floats, mass: Floats) -> Floats | None:
    """The two centres that are nearest to all pieces: shape (2, 256). None where the pieces are too few to part."""
    import numpy as np

    if len(embeddings) < 2:
        return None
    middle = np.average(embeddings, axis=0, weights=mass)
    around = embeddings - middle
    _, directions = np.linalg.eigh((around * mass[:, None]).T @ around)
    best, found = -np.inf, None
    for direction in directions.T[: -_DIRECTIONS - 1 : -1]:
        along = around @ direction
        for quantile in _QUANTILES:
            centres = _settle(embeddings, mass, along > np.quantile(along, quantile))
            if centres is None:
                continue
            nearness = float(mass @ (embeddings @ centres.T).max(axis=1))
            if nearness > best:
                best, found = nearness, centres
    return found


def near_known(embeddings: Floats, mass: Floats, known: Floats, known_mass: float) -> Floats:
    """Two known voices moved towards how they sound here: shape (2, 256).

    Each known voice counts as `known_mass` of pieces, so a voice that is hardly heard stays what it was.
    """
    centres = known
    for _ in range(_ROUNDS):
        first = _nearer_to_first(embeddings, centres)
        moved = of_unit_length(known * known_mass + _sums(embeddings, mass, first))
        if (moved == centres).all():
            break
        centres = moved
    return centres


def _settle(embeddings: Floats, mass: Floats, first: Choice) -> Floats | None:
    """k-means with two centres, from the given parting."""
    centres: Floats | None = None
    for _ in range(_ROUNDS):
        if first.all() or not first.any():
            return None
        centres = of_unit_length(_sums(embeddings, mass, first))
        moved = _nearer_to_first(embeddings, centres)
        if (moved == first).all():
            break
        first = moved
    return centres


def _nearer_to_first(embeddings: Floats, centres: Floats) -> Choice:
    nearer: Choice = embeddings @ (centres[0] - centres[1]) > 0
    return nearer


def _sums(embeddings: Floats, mass: Floats, first: Choice) -> Floats:
    import numpy as np

    weighed = embeddings * mass[:, None]
    return np.stack([weighed[first].sum(axis=0), weighed[~first].sum(axis=0)])

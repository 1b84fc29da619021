"""Writes prompts/lexicon/common.toml: the commonest English words in bands of frequency.

    pip install wordfreq
    python benchmarks/common_words.py > prompts/lexicon/common.toml

Run once; the result is committed, so that the coach itself does not need the 57 MB of the library. The words and
their bands come from wordfreq (Robyn Speer), whose data are CC BY-SA 4.0: so is the file that this writes.
"""

from __future__ import annotations

from collections import defaultdict

LEAST_ZIPF = 4.0  # 10 times in a million words: rarer ones all count as rare
BAND = 0.25
HEAD = """\
# How common English words are: bands of the Zipf scale (7 = 10 times in a thousand words, 4 = 10 in a million).
# A word that is not here is rarer. Made by benchmarks/common_words.py from the data of wordfreq 3.1 (Robyn Speer),
# CC BY-SA 4.0 (creativecommons.org/licenses/by-sa/4.0); this file alone stands under that licence.

[zipf]"""


def main() -> None:
    from wordfreq import top_n_list, zipf_frequency  # type: ignore[import-not-found]  # only for this script

    bands: dict[float, list[str]] = defaultdict(list)
    for word in top_n_list("en", 20_000):
        zipf = zipf_frequency(word, "en")
        if zipf >= LEAST_ZIPF and word.isascii() and word.isalpha() and (len(word) > 1 or word in "ai"):
            bands[zipf // BAND * BAND].append(word)
    print(HEAD)
    for band in sorted(bands, reverse=True):
        print(f'"{band:.2f}" = """\n{_wrapped(bands[band])}"""')


def _wrapped(words: list[str], width: int = 150) -> str:
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line += word + " "
    return "\n".join([*lines, line.strip()])


if __name__ == "__main__":
    main()

"""Letters that can be read from the other side of a room, drawn with blocks."""

from __future__ import annotations

import textwrap
import unicodedata

ROWS = 5
BLOCK = "█"
_DRAWN = """
A .##. #..# #### #..# #..#      B ###. #..# ###. #..# ###.      C .### #... #... #... .###
D ###. #..# #..# #..# ###.      E #### #... ###. #... ####      F #### #... ###. #... #...
G .### #... #.## #..# .###      H #..# #..# #### #..# #..#      I ### .#. .#. .#. ###
J ..## ...# ...# #..# .##.      K #..# #.#. ##.. #.#. #..#      L #... #... #... #... ####
M #...# ##.## #.#.# #...# #...# N #...# ##..# #.#.# #..## #...# O .##. #..# #..# #..# .##.
P ###. #..# ###. #... #...      Q .##. #..# #..# #.#. .#.#      R ###. #..# ###. #.#. #..#
S .### #... .##. ...# ###.      T ##### ..#.. ..#.. ..#.. ..#.. U #..# #..# #..# #..# .##.
V #...# #...# #...# .#.#. ..#.. W #...# #...# #.#.# ##.## #...# X #...# .#.#. ..#.. .#.#. #...#
Y #...# .#.#. ..#.. ..#.. ..#.. Z ##### ...#. ..#.. .#... ##### 0 .##. #..# #..# #..# .##.
1 .#. ##. .#. .#. ###           2 ###. ...# .##. #... ####      3 ###. ...# .##. ...# ###.
4 #..# #..# #### ...# ...#      5 #### #... ###. ...# ###.      6 .##. #... ###. #..# .##.
7 #### ...# ..#. .#.. .#..      8 .##. #..# .##. #..# .##.      9 .##. #..# .### ...# .##.
: . # . # .                     - ... ... ### ... ...           ' # # . . .
? ###. ...# .##. .... .#..      . . . . . #                     , .. .. .. .# #.
"""
_WORDS = _DRAWN.split()
_LETTERS = {_WORDS[at]: _WORDS[at + 1 : at + 1 + ROWS] for at in range(0, len(_WORDS), ROWS + 1)} | {" ": [".."] * ROWS}
_NEAR = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "Ð": "D", "’": "'", "ʼ": "'"})


def large(text: str, width: int, height: int, lines: int = 1) -> tuple[str, ...]:
    """The text as rows of blocks, as large as fits into so many columns and rows, on so many lines at most.

    The text itself where it does not fit. Accents are left out; a letter that has no drawing leaves all as it is.
    """
    try:
        blocks = [_points(text, count) for count in range(1, lines + 1)]
    except KeyError:
        return (text,)
    sizes = range(height // ROWS, 0, -1)
    # a place on the screen is twice as high as it is wide; narrow letters are still better than small ones
    for tall, wide in [*((size, 2 * size) for size in sizes), *((size, size) for size in sizes)]:
        for block in blocks:
            if block and len(block[0]) * wide <= width and len(block) * tall <= height:
                return tuple(_scaled(row, wide) for row in block for _ in range(tall))
    return (text,)


def _points(text: str, lines: int) -> list[str]:
    """The text on so many lines, of about the same length: rows of # and . Raises KeyError for a letter unknown."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(one))
    bare = bare.translate(_NEAR)
    width = -(-len(bare) // lines)
    while len(parts := textwrap.wrap(bare, max(1, width), break_long_words=False)) > lines:
        width += 1
    drawn = [[".".join(_LETTERS[letter][row] for letter in part) for row in range(ROWS)] for part in parts]
    widest = max((len(rows[0]) for rows in drawn), default=0)
    rows = [row for rows in drawn for row in ["", *rows]][1:]
    return [("." * ((widest - len(row)) // 2) + row).ljust(widest, ".") for row in rows]


def _scaled(row: str, wide: int) -> str:
    return "".join((BLOCK if point == "#" else " ") * wide for point in row)

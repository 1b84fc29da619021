"""Letters that can be read from the other side of a room, drawn with blocks."""

from __future__ import annotations

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
"""
_WORDS = _DRAWN.split()
_LETTERS = {_WORDS[at]: _WORDS[at + 1 : at + 1 + ROWS] for at in range(0, len(_WORDS), ROWS + 1)} | {" ": [".."] * ROWS}
_NEAR = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "Ð": "D", "’": "'", "ʼ": "'"})


def large(text: str, width: int, height: int) -> tuple[str, ...]:
    """The text as rows of blocks, as large as fits into so many columns and rows; the text itself where none does.

    Accents are left out; a letter that has no drawing leaves the whole text as it is.
    """
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(letter)
    )
    drawn = [_LETTERS.get(letter) for letter in bare.translate(_NEAR)]
    known = [letter for letter in drawn if letter is not None]
    if not known or len(known) < len(drawn):
        return (text,)
    rows = [".".join(letter[row] for letter in known) for row in range(ROWS)]
    sizes = range(height // ROWS, 0, -1)
    # a place on the screen is twice as high as it is wide; narrow letters are still better than small ones
    for tall, wide in [*((size, 2 * size) for size in sizes), *((size, size) for size in sizes)]:
        if len(rows[0]) * wide <= width:
            return tuple(_scaled(row, wide) for row in rows for _ in range(tall))
    return (text,)


def _scaled(row: str, wide: int) -> str:
    return "".join((BLOCK if point == "#" else " ") * wide for point in row)

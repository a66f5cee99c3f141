"""The numbers that encode a mission, shared by the record, the generator and the text.

A mission is `order` followed by four clauses of nine numbers: kind; type, colour, place and "several match" of its
first description; the same of its second. Clauses 0 and 1 are the first part in the sentence, 2 and 3 the second; two
clauses in one part are joined by "and".
"""

from __future__ import annotations

CLAUSES = 4
WORDS = 9
MISSION = 1 + CLAUSES * WORDS
OBJECTS = 64  # most objects in a world: a description is a set of 64 bits

SINGLE, BEFORE, AFTER = range(3)  # the second part of an AFTER sentence comes first in time
NONE, GO_TO, PICK, OPEN, PUT_NEXT = range(5)
ANY_TYPE, BOX_TYPE, BALL_TYPE, KEY_TYPE, DOOR_TYPE = range(5)
ANY_COLOR = 0  # else 1 + the index of the colour
ANYWHERE, ON_LEFT, ON_RIGHT, IN_FRONT, BEHIND = range(5)

TYPES = ("object", "box", "ball", "key", "door")
NVEC = [3, *[5, *[5, 7, 5, 2] * 2] * CLAUSES]  # how many values each number can take

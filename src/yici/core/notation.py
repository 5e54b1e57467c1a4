"""Prescribed notations: what a heading demands of the writing, and text that a slot already holds.

`read_notation` reads （如1990.05）, （1男 2女）, （打√）, （万元，保留两位小数） from a heading, `render` writes
a value that way. `tick`, `complete` and `complete_cell` complete printed text; `inline_slots` finds room inside
sentences.
"""

from yici.core.notation_boxes import tick
from yici.core.notation_headings import complete
from yici.core.notation_model import PLAIN, Empty, Notation, Refused
from yici.core.notation_read import read_notation
from yici.core.notation_slots import complete_cell, inline_slots
from yici.core.notation_write import render

__all__ = [
    "PLAIN",
    "Empty",
    "Notation",
    "Refused",
    "complete",
    "complete_cell",
    "inline_slots",
    "read_notation",
    "render",
    "tick",
]

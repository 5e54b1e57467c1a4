"""Answers that hold as long as a published file does: it never changes, so what was once asked of it is remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

from yici.engine.projection import Mark, Projection

Answer = TypeVar("Answer")
_FILES, _ANSWERS = 8, 500
"""Of so many files, the ones read last, so many answers each are remembered."""
_KEPT: OrderedDict[Mark, OrderedDict[Hashable, object]] = OrderedDict()
_LOCK = threading.Lock()


def answered(projection: Projection, asked: Hashable, find: Callable[[], Answer]) -> Answer:
    """What `find` says of the projection. `asked` names the question with all it depends on but the golden records.

    The answer is shared by whoever asks: it must not be changed. One that is not published is asked every time.
    """
    mark = projection.mark
    if mark is None:
        return find()
    with _LOCK:
        answers = _KEPT.setdefault(mark, OrderedDict())
        _KEPT.move_to_end(mark)
        while len(_KEPT) > _FILES:
            _KEPT.popitem(last=False)
        if asked in answers:
            answers.move_to_end(asked)
            return answers[asked]  # type: ignore[return-value]
    answer = find()
    with _LOCK:
        answers[asked] = answer
        while len(answers) > _ANSWERS:
            answers.popitem(last=False)
    return answer

"""The wall around uploads: each is parsed in a throw-away child process with limits; the parent sees JSON only.

A child that is killed, aborts, runs out of memory or of time becomes an `UploadRefused`; the parent lives on.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from yici.core.errors import Place, Problem, UploadRefused
from yici.office.child import EXIT_TOO_BIG
from yici.office.template_process import fork_child

MB = 1 << 20
ANSWER_LIMIT = 256 * MB
# What a process that is refused memory or disk space ends with, and 0 when only its answer was too long.
_TOO_BIG = {EXIT_TOO_BIG, 0, *(-s for s in (signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV, signal.SIGXFSZ))}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: bytes of address space, seconds of processor, seconds by the clock, bytes written."""

    memory: int
    cpu: int
    wall: float
    written: int


def limits_for(size: int) -> Limits:
    """Limits for an upload of `size` bytes as it lies on disk.

    They grow with the bytes that were really sent, never with what a file declares about itself: a small hostile file
    gets 512 MB and 5 s, and an honest ledger of a million rows (about 100 MB) what it needs, in proportion.
    """
    memory = min(max(512 * MB, 416 * MB + 18 * size), 8192 * MB)
    cpu = 5 + size // MB
    return Limits(memory=memory, cpu=cpu, wall=10.0 + 3 * cpu, written=ANSWER_LIMIT + 40 * size)


def run_in_child(task: str, path: Path, *, limits: Limits | None = None, **job: Any) -> Any:
    """Runs one task of `yici.office.child` on an upload and returns its JSON answer.

    Raises UploadRefused with the child's own problems, or with one that says how the child died.
    """
    limits = limits or limits_for(path.stat().st_size)
    order = {"task": task, "path": str(path.resolve()), "limits": asdict(limits), **job}
    # The answer goes through a file, not a pipe, so that the child's own write limit bounds it.
    with tempfile.TemporaryFile() as answer:
        code = fork_child(order, answer.fileno(), seconds=limits.wall)
        if code is None:
            raise UploadRefused(_died(path, "too-slow"))
        return _read_answer(code, answer, path)


def _read_answer(code: int, answered: IO[bytes], path: Path) -> Any:
    size = os.fstat(answered.fileno()).st_size
    if code != 0 or size > ANSWER_LIMIT:
        raise UploadRefused(_died(path, _cause(code)))
    answered.seek(0)
    try:
        answer = json.load(answered)
    except ValueError:
        raise UploadRefused(_died(path, "broken")) from None
    if "detail" in answer:
        logging.getLogger(__name__).warning("An upload was not read: %s", answer["detail"])
    if "problems" in answer:
        raise UploadRefused([problem_from_json(p, path) for p in answer["problems"]])
    return answer["result"]


def _cause(code: int) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGALRM):
        return "too-slow"
    return "too-big" if code in _TOO_BIG else "broken"


_DEATHS = {
    "too-slow": ("读取这个文件用时过长，已停止。", "请删去多余的空白行列和格式，另存为新的 .xlsx 后再上传。"),
    "too-big": ("这个文件展开后过大，已停止读取。", "请删去多余的空白行列和格式，或拆成几个文件后再上传。"),
    "broken": ("这个文件已损坏，无法读取。", "请用 Excel 或 WPS 打开，另存为新的 .xlsx 后再上传。"),
}


def _died(path: Path, code: str) -> Problem:
    message, hint = _DEATHS[code]
    return Problem(code, message, hint, Place(file=path.name))


def problem_from_json(data: dict[str, Any], path: Path) -> Problem:
    """A problem as the child wrote it, with the name of the upload as its place."""
    where = data.get("where") or {}
    place = Place(file=path.name, sheet=where.get("sheet"), cell=where.get("cell"))
    return Problem(str(data["code"]), str(data["message"]), str(data.get("hint", "")), place)

"""The wall around uploads: each is parsed in a throw-away child process with limits; the parent sees JSON only.

A child that is killed, aborts, runs out of memory or of time becomes an `UploadRefused`; the parent lives on.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from yici.core.errors import Place, Problem, UploadRefused
from yici.office.child import EXIT_TOO_BIG

MB = 1 << 20
ANSWER_LIMIT = 256 * MB
_SOURCE_ROOT = str(Path(__file__).resolve().parents[2])
_START = "import sys; sys.path.insert(0, sys.argv[1]); from yici.office.child import main; main()"
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


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    answer: IO[bytes]

    def close(self) -> None:
        """Ends the process, whatever it is doing, and frees its files."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.answer):
            if stream is not None:
                stream.close()


_spare: _Child | None = None
_keep_warm = False
_lock = threading.Lock()


def run_in_child(task: str, path: Path, *, limits: Limits | None = None, **job: Any) -> Any:
    """Runs one task of `yici.office.child` on an upload and returns its JSON answer.

    Raises UploadRefused with the child's own problems, or with one that says how the child died.
    """
    limits = limits or limits_for(path.stat().st_size)
    child = _take_child()
    order = json.dumps({"task": task, "path": str(path.resolve()), "limits": asdict(limits), **job}).encode()
    try:
        if not _ended(child.process, order, limits.wall):
            raise UploadRefused(_died(path, "too-slow"))
        return _read_answer(child, path)
    finally:
        child.close()


def _ended(process: subprocess.Popen[bytes], order: bytes, seconds: float) -> bool:
    """Give the child its order and wait for its end, but not longer than so many seconds. An order fits in a pipe."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # A child that died already is told by its exit code.
        process.stdin.write(order)
        process.stdin.close()
    # The kernel wakes us the moment it ends; waiting with a timeout would look again and again, and late.
    handle = os.pidfd_open(process.pid)
    try:
        ended, _, _ = select.select([handle], [], [], seconds)
    finally:
        os.close(handle)
    if ended:
        process.wait()
    return bool(ended)


def warm() -> None:
    """Keeps one child started ahead of time from now on, for long-running processes: saves its start per upload."""
    global _spare, _keep_warm
    with _lock:
        if not _keep_warm:
            atexit.register(cool)
        _keep_warm = True
        if _spare is None:
            _spare = _start_child()


def cool() -> None:
    """Ends the spare child; no more are kept."""
    global _spare, _keep_warm
    with _lock:
        _keep_warm = False
        if _spare is not None:
            _spare.close()
            _spare = None


def _take_child() -> _Child:
    global _spare
    with _lock:
        taken, _spare = _spare, None
        if _keep_warm:
            _spare = _start_child()
    if taken is not None and taken.process.poll() is None:
        return taken
    if taken is not None:
        taken.close()
    return _start_child()


def _start_child() -> _Child:
    # The answer goes through a file, not a pipe, so that the child's own write limit bounds it.
    answer = tempfile.TemporaryFile()  # noqa: SIM115 (closed by _Child.close)
    process = subprocess.Popen(  # noqa: S603 (a fixed command of this interpreter; nothing of the upload is in it)
        [sys.executable, "-I", "-c", _START, _SOURCE_ROOT],
        stdin=subprocess.PIPE,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env=_scrubbed_environment(),
        start_new_session=True,
    )
    return _Child(process, answer)


def _scrubbed_environment() -> dict[str, str]:
    # One thread and one arena each: threads reserve address space, of which the child has little.
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "TMPDIR": tempfile.gettempdir(),
        "MALLOC_ARENA_MAX": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "RAYON_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _read_answer(child: _Child, path: Path) -> Any:
    code = child.process.returncode
    size = os.fstat(child.answer.fileno()).st_size
    if code != 0 or size > ANSWER_LIMIT:
        raise UploadRefused(_died(path, _cause(code)))
    child.answer.seek(0)
    try:
        answer = json.load(child.answer)
    except ValueError:
        raise UploadRefused(_died(path, "broken")) from None
    if "detail" in answer:
        logging.getLogger(__name__).warning("An upload was not read: %s", answer["detail"])
    if "problems" in answer:
        raise UploadRefused([problem_from_json(p, path) for p in answer["problems"]])
    return answer["result"]


def _cause(code: int) -> str:
    if code == -signal.SIGXCPU:
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

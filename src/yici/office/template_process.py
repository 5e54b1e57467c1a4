"""The parent's half of forking: starts the process that children are forked from, once, and asks it for one."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yici.office.forking import LONGEST, NUMBER

_SOURCE_ROOT = str(Path(__file__).resolve().parents[2])
_START = "import sys; sys.path.insert(0, sys.argv[1]); from yici.office.forking import main; main()"
# A child ends itself by the clock; this much later it is ended from outside.
_GRACE = 2.0
_ATTEMPTS = 3


@dataclass(slots=True)
class _Template:
    """A running template: whose it is (a forked process starts its own), and the socket it takes orders from."""

    owner: int
    process: subprocess.Popen[bytes]
    orders: socket.socket

    def end(self) -> None:
        """Without orders to come it ends, and every child with it."""
        self.orders.close()
        if self.owner == os.getpid():
            self.process.wait()


_template: _Template | None = None
_lock = threading.Lock()


def fork_child(order: dict[str, Any], answer: int, *, seconds: float) -> int | None:
    """Have a child do an order and write to the file `answer`; its exit code, negative for the signal that ended it.
    None when it took longer than `seconds`. Raises RuntimeError when no child can be had."""
    text = json.dumps(order).encode()
    if len(text) > LONGEST:
        raise ValueError("The order is too long.")
    for _ in range(_ATTEMPTS):
        told, tells = os.pipe()
        try:
            sent = _send(text, answer, tells)
            os.close(tells)
            if sent:
                # None of its numbers came: the template itself was ended, by whomever. A new one starts over.
                with contextlib.suppress(EOFError):
                    return _code_of(told, seconds + _GRACE)
        finally:
            os.close(told)
        os.ftruncate(answer, 0)
    raise RuntimeError("No process could be had to read an upload in.")


def end_template() -> None:
    """End this process's template, if it has one."""
    global _template
    with _lock:
        ended, _template = _template, None
    if ended is not None:
        ended.end()


def _send(text: bytes, answer: int, tells: int) -> bool:
    """Whether the template took the order."""
    global _template
    with _lock:
        if _template is None or _template.owner != os.getpid() or _template.process.poll() is not None:
            if _template is not None:
                _template.end()
            _template = _started()
        try:
            socket.send_fds(_template.orders, [text], [answer, tells])
        except OSError:
            return False
    return True


def _started() -> _Template:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(  # noqa: S603 (a fixed command of this interpreter; nothing of an upload is in it)
            [sys.executable, "-I", "-c", _START, _SOURCE_ROOT, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_scrubbed_environment(),
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    return _Template(os.getpid(), process, ours)


def _scrubbed_environment() -> dict[str, str]:
    # One thread and one arena each: threads reserve address space, of which the child has little, and a process with
    # threads must not be forked.
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "TMPDIR": tempfile.gettempdir(),
        "MALLOC_ARENA_MAX": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "RAYON_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
    }


def _code_of(told: int, seconds: float) -> int | None:
    """The exit code told on the pipe; None when it did not come in time, and the child was ended."""
    until = time.monotonic() + seconds
    number = _number(told, seconds)
    if number is None:
        return None
    code = _number(told, until - time.monotonic())
    if code is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    return code


def _number(told: int, seconds: float) -> int | None:
    """The next number on the pipe, None when none comes in time. Raises EOFError when nobody is left to tell one."""
    if not select.select([told], [], [], max(0.0, seconds))[0]:
        return None
    read = os.read(told, NUMBER)
    if len(read) < NUMBER:
        raise EOFError
    return int.from_bytes(read, "little", signed=True)


atexit.register(end_template)

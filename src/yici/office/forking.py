"""The process that the children are forked from: it has imported what they need, and sees no upload itself.

A child that had to import its parsers anew would spend more time on that than on most forms. Orders come through a
socket, each with the file for the answer and a pipe on which the child's number and then its exit code are told.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
from typing import Any

from yici.office import child

LONGEST = 1 << 16
NUMBER = 8
"""Bytes of a number told on the pipe."""


def main() -> None:
    """Fork a child for every order that comes, until the process that sends them is gone."""
    orders = socket.socket(fileno=int(sys.argv[2]))
    woken, wakes = os.pipe()
    for end in (woken, wakes):
        os.set_blocking(end, False)
    # A child's end is noticed by a byte on this pipe, so that one wait is enough for both ends and orders.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([orders.fileno(), woken], [], [])
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(woken, 1 << 12)
            _tell_ends(running)
        if orders.fileno() in ready and not _take(orders, (woken, wakes), running):
            break
    for number in running:
        os.kill(number, signal.SIGKILL)
    os._exit(0)


def told(number: int) -> bytes:
    """A number as it is told on the pipe."""
    return number.to_bytes(NUMBER, "little", signed=True)


def _take(orders: socket.socket, ends: tuple[int, int], running: dict[int, int]) -> bool:
    """Fork the child of one order; False when no more will come."""
    text, files, _, _ = socket.recv_fds(orders, LONGEST, 2)
    if not text:
        return False
    answer, pipe = files
    order: dict[str, Any] = json.loads(text)
    child.prepare(order["task"], order["kind"])
    gc.freeze()  # What is there already need not be looked at, and so not copied, by any child.
    number = os.fork()
    if number == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        orders.close()
        for end in (*ends, pipe, *running.values()):
            os.close(end)
        child.run(order, answer)
    os.close(answer)
    running[number] = pipe
    _tell(pipe, number)
    return True


def _tell_ends(running: dict[int, int]) -> None:
    for number in [*running]:
        ended, status = os.waitpid(number, os.WNOHANG)
        if ended:
            pipe = running.pop(number)
            _tell(pipe, os.waitstatus_to_exitcode(status))
            os.close(pipe)


def _tell(pipe: int, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # Nobody waits for it any more.
        os.write(pipe, told(number))

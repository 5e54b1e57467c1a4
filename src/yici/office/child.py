"""The throw-away process that parses one upload: it is given one order, answers in JSON and ends.

It is forked from one that imported what the task needs (`yici.office.forking`).
"""

from __future__ import annotations

import errno
import gc
import importlib
import json
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from yici.core.errors import Problem, UploadRefused
from yici.office.gate_scan import scan_package

_TOO_BIG = Problem(
    "too-big", "这个文件展开后过大，已停止读取。", "请删去多余的空白行列和格式，或拆成几个文件后再上传。"
)
_DISK_FULL = Problem("disk-full", "本机磁盘空间不足，没有读取这个文件。", "请清理磁盘后再试。")
_BROKEN = Problem("broken", "这个文件已损坏，无法读取。", "请用 Excel 或 WPS 打开，另存为新的 .xlsx 后再上传。")
EXIT_TOO_BIG = 3


def prepare(task: str, kind: str) -> None:
    """Import what a task needs, in the process that its child will be forked from. A form needs no Arrow, a ledger
    neither form reader."""
    for name in _LEDGERS if task == "ledger" else (f"yici.office.{kind}_form", "yici.core.grid"):
        importlib.import_module(name)


def run(order: dict[str, Any], answer_to: int) -> NoReturn:
    """Do the order and end this process; the answer is {"result": …} or {"problems": […]}."""
    limits = order.pop("limits")
    # By the clock too it ends by itself, whether or not anybody still waits for it.
    signal.setitimer(signal.ITIMER_REAL, limits["wall"])
    _set_limits(limits)
    # A child lives for one file; collecting cycles of millions of cells would only cost time.
    gc.disable()
    try:
        answer = json.dumps(_answer(order))
    except MemoryError:
        os._exit(EXIT_TOO_BIG)
    with os.fdopen(answer_to, "w", encoding="ascii") as out:
        out.write(answer)
    # Freeing millions of objects one by one before the process ends is waste.
    os._exit(0)


def _set_limits(limits: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    # The signal at the soft limit tells the parent what the hard one (a plain kill) would not.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"] + 1))
    # Python ignores this signal, and libraries hide the error that comes instead.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["written"], limits["written"]))


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    task, path = order.pop("task"), Path(order.pop("path"))
    try:
        if order["kind"] in PACKAGES:
            scan_package(path)
        return {"result": TASKS[task](path, **order)}
    except UploadRefused as refused:
        return {"problems": [problem.as_json() for problem in refused.problems]}
    except MemoryError:
        return {"problems": [_TOO_BIG.as_json()]}
    except Exception as error:
        # The one place where any error of any parser becomes an answer: a broken file may upset it anywhere.
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return {"problems": [_DISK_FULL.as_json()]}
        return {"problems": [_BROKEN.as_json()], "detail": _where(error)}


def _where(error: Exception) -> str:
    """The error's type and line of code; its text may hold what stands in a cell, so it stays here."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _read_form(path: Path, *, kind: str) -> dict[str, Any]:
    from yici.core.grid import grid_to_json

    if kind == "docx":
        from yici.office.docx_form import read_docx_form

        return grid_to_json(read_docx_form(path.read_bytes()))
    from yici.office.xlsx_form import read_xlsx_form

    return grid_to_json(read_xlsx_form(path.read_bytes()))


def _read_ledger(path: Path, *, kind: str, out: str) -> dict[str, Any]:
    from yici.office.ledgers_child import write_ledger

    return write_ledger(path, kind, Path(out))


# Arrow imports its functions only when the first of them is called, so each child would.
_LEDGERS = ("yici.office.ledgers_child", "pyarrow.compute")
PACKAGES = frozenset({"xlsx", "docx", "ods", "odt"})
TASKS: dict[str, Callable[..., Any]] = {"form": _read_form, "ledger": _read_ledger}

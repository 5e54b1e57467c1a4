"""Old binary formats (.xls, .et, .doc, .wps) to open ones by way of LibreOffice, where it is installed."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from yici.core.errors import Place, Problem, UploadRefused

TIMEOUT_S = 60
# So often somebody who waits for it is asked whether it is still wanted.
_LOOK_S = 0.25
_TARGETS = {"xls": "xlsx", "ods": "xlsx", "doc": "docx", "odt": "docx"}
_work: Path | None = None
# One LibreOffice at a time: two cannot share a profile.
_lock = threading.Lock()
_SECURITY = "/org.openoffice.Office.Common/Security/Scripting"
_SETTINGS = "".join(
    (
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">',
        *(
            f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
            for path, name, value in (
                (_SECURITY, "MacroSecurityLevel", "3"),
                (_SECURITY, "DisableMacrosExecution", "true"),
                (_SECURITY, "BlockUntrustedRefererLinks", "true"),
                ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
                ("/org.openoffice.Office.Writer/Content/Update", "Link", "2"),
            )
        ),
        "</oor:items>",
    )
)


def convert_to_open_format(path: Path, kind: str, waiting: Callable[[], None] | None = None) -> Path:
    """The .xlsx or .docx that LibreOffice makes of an upload of that kind ("xls", "ods", "doc", "odt").

    The result lies in a private folder that is removed when the process ends, under the upload's own stem.
    Raises UploadRefused when LibreOffice is not installed, fails or takes longer than 60 s, and what `waiting` raises,
    which is called again and again meanwhile: LibreOffice ends with it.
    """
    target = _TARGETS[kind]
    program = find_libreoffice()
    if program is None:
        message = f"这是旧格式（.{kind}）的文件，本机没有安装用于转换的 LibreOffice。"
        raise UploadRefused(
            Problem("no-converter", message, f"请用 Excel 或 WPS 打开，另存为 .{target} 后再上传。", _at(path))
        )
    with _lock:
        return _converted(program, path, kind, target, waiting)


def _converted(program: str, path: Path, kind: str, target: str, waiting: Callable[[], None] | None) -> Path:
    home = _work_folder() / hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    result = home / f"{path.stem}.{target}"
    if not result.exists():
        home.mkdir(exist_ok=True)
        # A name of our own: the sender's may begin with a dash or hold what the converter takes for options.
        source = home / f"upload.{kind}"
        shutil.copyfile(path, source)
        _run(program, source, target, path, waiting)
        made = source.with_suffix(f".{target}")
        if not made.exists():
            raise UploadRefused(_failed(path, target))
        made.replace(result)
    return result


def find_libreoffice() -> str | None:
    """The LibreOffice program on this machine, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def _run(
    program: str, source: Path, target: str, upload: Path, waiting: Callable[[], None] | None = None
) -> None:  # fmt: skip
    profile = _profile()
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless", "--norestore", "--nolockcheck", "--nodefault",
        "--convert-to", target,
        "--outdir", str(source.parent),
        str(source),
    ]  # fmt: skip
    process = subprocess.Popen(  # noqa: S603 (a fixed command on a file named by us)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(profile), "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        _wait(process, waiting)
    except subprocess.TimeoutExpired:
        raise UploadRefused(_failed(upload, target)) from None
    finally:
        # LibreOffice starts helpers of its own; the whole session ends with it.
        _end_session(process)


def _wait(process: subprocess.Popen[bytes], waiting: Callable[[], None] | None) -> None:
    """Wait until it ends. Raises TimeoutExpired, and what `waiting` raises."""
    until = time.monotonic() + TIMEOUT_S
    while True:
        try:
            process.wait(timeout=min(_LOOK_S, TIMEOUT_S))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= until:
                raise
        else:
            return
        if waiting is not None:
            waiting()


def _profile() -> Path:
    """A profile of our own, in which documents run no macros and fetch nothing they link to."""
    profile = _work_folder() / "profile"
    settings = profile / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
    return profile


def _end_session(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _work_folder() -> Path:
    global _work
    if _work is None:
        _work = Path(tempfile.mkdtemp(prefix="yici-convert-"))
        atexit.register(shutil.rmtree, _work, ignore_errors=True)
    return _work


def _failed(path: Path, target: str) -> Problem:
    hint = f"请用 Excel 或 WPS 打开，另存为 .{target} 后再上传。"
    return Problem("not-converted", f"这个旧格式文件无法转换为 .{target}。", hint, _at(path))


def _at(path: Path) -> Place:
    return Place(file=path.name)

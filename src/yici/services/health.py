"""What `yici doctor` looks at: the database, the audit, the files of the batches, and what the machine has."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yici.core.errors import YiciError
from yici.storage import archive, audit
from yici.storage.batch_files import batch_path, hash_file, original_path
from yici.storage.batches import list_batches
from yici.storage.collections import kept_forms
from yici.storage.database import is_server, open_database, server_settings

State = Literal["ok", "warning", "error"]
# Below this much room on the disk an import of a large ledger may fail.
_LEAST_ROOM = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it stands, in a clerk's words, and the next step when it is not well."""

    code: str
    state: State
    message: str
    hint: str = ""


def examine(*, home: Path, deep: bool = True) -> list[Finding]:
    """Look at everything. `deep` also reads every batch and original and compares it with its hash."""
    try:
        open_database(home)
    except YiciError as error:
        return [Finding(problem.code, "error", problem.message, problem.hint) for problem in error.problems]
    checks: list[Callable[[], Iterator[Finding]]] = [
        _database,
        _audit,
        lambda: _files(home, deep),
        lambda: _strays(home),
    ]
    checks += [lambda: _room(home), _programs]
    return [finding for check in checks for finding in check()]


def _database() -> Iterator[Finding]:
    applied, newest = archive.applied_migration(), archive.migrations()[-1]
    kind = "PostgreSQL" if is_server() else "SQLite"
    if applied != newest:
        yield Finding(
            "database-version", "error", f"数据库（{kind}）由更新的程序使用过（{applied}）。", "请升级本程序。"
        )
    else:
        yield Finding("database", "ok", f"数据库 {kind}，表结构为最新（{applied}）。")
    for name, value in server_settings().items():
        # With these off, what was acknowledged can be lost when the machine fails.
        if name in ("synchronous_commit", "fsync", "full_page_writes") and value == "off":
            yield Finding(
                "database-durability", "error", f"PostgreSQL 的 {name} 为 off，断电可能丢数据。", f"设 {name} = on。"
            )
        if name == "data_checksums" and value == "off":
            yield Finding(
                "database-checksums", "warning", "PostgreSQL 没有开启数据校验和。", "停库后运行 pg_checksums --enable。"
            )


def _audit() -> Iterator[Finding]:
    broken = list(audit.broken_links())
    if broken:
        shown = "、".join(map(str, broken[:5]))
        yield Finding(
            "audit-broken", "error", f"审计记录从第 {shown} 条起对不上，可能被改动。", "请保留现场并联系审计管理员。"
        )
    else:
        yield Finding("audit", "ok", f"审计记录完整，共 {audit.current_number('audit')} 条。")


def _files(home: Path, deep: bool) -> Iterator[Finding]:
    rows, forms = list_batches(), kept_forms()
    batches = [(path, content, row.file_name) for row in rows for path, content in (
        (batch_path(home, row.batch), row.batch), (original_path(home, row.source, row.file_name), row.source)
    )]  # fmt: skip
    originals = [(original_path(home, source, name), source, name) for source, name in forms]
    yield from _compared("batch", "批次文件", f"{len(rows)} 个批次的文件", batches, deep)
    yield from _compared("form", "空白表", f"{len(forms)} 张采集任务的空白表", originals, deep)


def _compared(
    code: str, words: str, all_words: str, files: Iterable[tuple[Path, str, str]], deep: bool
) -> Iterator[Finding]:
    """Files that are gone, or differ from the hash they were kept with."""
    missing, damaged = [], []
    for path, content, name in files:
        if not path.is_file():
            missing.append(name)
        elif deep and hash_file(path) != content:
            damaged.append(name)
    for what, names, told in (("missing", missing, "找不到"), ("damaged", damaged, "已损坏")):
        if names:
            shown = "、".join(dict.fromkeys(names[:5]))
            hint = "请用 yici restore 从备份恢复到新的文件夹。"
            yield Finding(f"{code}-{what}", "error", f"{len(names)} 个{words}{told}：{shown}。", hint)
    if not missing and not damaged:
        yield Finding(f"{code}-files", "ok", f"{all_words}{'齐全，内容与登记一致' if deep else '齐全'}。")


def _strays(home: Path) -> Iterator[Finding]:
    """Files no row names: what a process left that was killed between the file and its row. They do no harm."""
    known = {row.batch for row in list_batches()}
    strays = [path for path in (home / "batches").glob("*.parquet") if path.stem not in known]
    if strays:
        size = sum(path.stat().st_size for path in strays) / 1e6
        yield Finding(
            "batch-stray", "warning", f"{len(strays)} 个批次文件没有登记（{size:.1f} MB），不影响使用。", "可以删除。"
        )


def _room(home: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(home).free
    state: State = "ok" if free >= _LEAST_ROOM else "warning"
    hint = "" if state == "ok" else "请清理磁盘后再导入。"
    yield Finding("disk", state, f"磁盘剩余 {free / 1e9:.1f} GB。", hint)
    if not os.access(home, os.W_OK):
        yield Finding("folder", "error", f"数据文件夹 {home} 不能写入。", "请检查文件夹权限。")


def _programs() -> Iterator[Finding]:
    yield Finding("python", "ok", f"Python {sys.version.split()[0]}。")
    if shutil.which("soffice") is None:
        message = "没有 LibreOffice：不能读 .xls/.et/.doc 的空白表，其他不受影响。"
        yield Finding("libreoffice", "warning", message, "需要时安装 libreoffice-calc 和 libreoffice-writer。")

"""Backups: one file holding the database, the batches, the originals, the office's packs, and the files that clerks
received or are importing, each with its hash."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import yici
from yici.core.errors import Conflict, Place, Problem, UploadRefused
from yici.storage import archive, audit
from yici.storage.database import open_database
from yici.storage.manifest import pool_sequence

FORMAT = 2
CONTENTS = "yici-backup.json"
# Received forms and uploads are kept for days only: one that is swept away meanwhile is not missed.
PASSING = ("received", "uploads")
FOLDERS = ("batches", "originals", "packs", *PASSING)
_PIECE = 1 << 20
# The package's comment, its last bytes, is the SHA-256 of all bytes before: no flipped byte goes unnoticed.
_SEAL = 64
# What Python says of a package or a table of contents that is not what it should be.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    KeyError,
    ValueError,
    OSError,
    EOFError,
    TypeError,
    AttributeError,
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What a backup holds: rows by table, number and bytes of files, the pool sequence and the day it was made."""

    made: str
    sequence: int
    rows: dict[str, int]
    files: int
    bytes: int
    migration: str


def make_backup(*, actor: str, home: Path, out: Path, progress: Progress | None = None) -> BackupFacts:
    """Write a backup of the data folder to `out`, whole or not at all, and read it back to prove it.

    Others may go on working meanwhile: the tables are read as of one moment, and the files they name never change.
    """
    open_database(home)
    temporary = out.with_name(f".tmp-{out.name}")
    try:
        # It holds everything in plain: whoever else works on the machine must not read it. What a killed run left is
        # not written on, for its rights would stay.
        temporary.unlink(missing_ok=True)
        temporary.touch(mode=0o600)
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as target:
            contents = _write_tables(target)
            _write_files(target, home, contents, progress)
            target.writestr(CONTENTS, json.dumps(contents, ensure_ascii=False, indent=1))
            target.comment = b"0" * _SEAL
        _seal(temporary)
        facts = _facts(_verified(temporary, None))
        _flush(temporary)
        temporary.replace(out)
    finally:
        temporary.unlink(missing_ok=True)
    _note(actor, "backup.make", out, contents)
    return facts


def last_backup() -> datetime | None:
    """When the last backup was made, by the audit; None when none was since this database began."""
    line = audit.last_line("backup.make")
    return datetime.fromisoformat(line.at) if line else None


def restore_backup(*, actor: str, home: Path, source: Path, progress: Progress | None = None) -> BackupFacts:
    """Restore a backup into a data folder (and database) that holds nothing yet.

    The whole file is checked first: raises UploadRefused when anything in it is damaged, missing or of a newer version,
    and Conflict when the folder is in use; nothing is changed then.
    """
    contents = _verified(source, progress)
    open_database(home)
    if not archive.is_empty():
        raise Conflict(
            Problem(
                "restore-not-empty",
                f"{home} 里已经有数据，不能恢复到上面。",
                "请换一个空的数据文件夹（YICI_HOME）；用 PostgreSQL 时还要换一个空库。",
            )
        )
    with ExitStack() as stack:
        package = stack.enter_context(zipfile.ZipFile(source))
        for name in contents["files"]:
            _extract(package, name, home / name)
        tables = {name: stack.enter_context(package.open(f"tables/{name}.jsonl")) for name in contents["tables"]}
        archive.load_tables(dict(tables), contents["migration"])
    _note(actor, "backup.restore", source, contents)
    return _facts(contents)


def check_backup(source: Path, progress: Progress | None = None) -> BackupFacts:
    """What a backup holds, after checking all of it. Raises UploadRefused when anything in it is damaged or missing."""
    return _facts(_verified(source, progress))


def _write_tables(target: zipfile.ZipFile) -> dict[str, Any]:
    with archive.reading():
        return {
            "format": FORMAT,
            "yici": yici.__version__,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "migration": archive.applied_migration(),
            "sequence": pool_sequence(),
            "tables": {
                name: _add(target, f"tables/{name}.jsonl", archive.table_lines(name)) for name in archive.table_names()
            },
            "files": {},
        }


def _write_files(target: zipfile.ZipFile, home: Path, contents: dict[str, Any], progress: Progress | None) -> None:
    """Files are listed after the tables were read, so that every file a row names is among them."""
    paths = [path for folder in FOLDERS for path in sorted((home / folder).rglob("*")) if _kept(path)]
    for done, path in enumerate(paths, 1):
        name = path.relative_to(home).as_posix()
        try:
            handle = path.open("rb")
        except FileNotFoundError:
            if path.relative_to(home).parts[0] in PASSING:
                continue
            raise
        with handle:
            # Parquet and workbooks are compressed already.
            contents["files"][name] = _add(target, name, _pieces(handle), zipfile.ZIP_STORED)
        if progress:
            progress(done, len(paths))


def _kept(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.name.startswith(".tmp-")


def _add(
    target: zipfile.ZipFile, name: str, pieces: Iterator[bytes], how: int = zipfile.ZIP_DEFLATED
) -> dict[str, object]:
    """Write a member; its hash, its bytes and its number of pieces (a table's rows)."""
    digest, size, count = hashlib.sha256(), 0, 0
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = how
    with target.open(info, "w", force_zip64=True) as member:
        for piece in pieces:
            member.write(piece)
            digest.update(piece)
            size, count = size + len(piece), count + 1
    return {"sha256": digest.hexdigest(), "bytes": size, "rows": count}


def _pieces(handle: BinaryIO) -> Iterator[bytes]:
    while piece := handle.read(_PIECE):
        yield piece


def _verified(source: Path, progress: Progress | None) -> dict[str, Any]:
    """The table of contents of a backup whose every member has the hash it should have."""
    try:
        _check_seal(source)
        with zipfile.ZipFile(source) as package:
            contents: dict[str, Any] = json.loads(package.read(CONTENTS))
            _readable(contents, source)
            members = {f"tables/{name}.jsonl": fact for name, fact in contents["tables"].items()} | contents["files"]
            for done, (name, fact) in enumerate(members.items(), 1):
                if _hash(package, name) != fact["sha256"]:
                    raise _damaged(source, name)
                if progress:
                    progress(done, len(members))
    except _BROKEN as error:
        raise _damaged(source, str(error)) from None
    except (NotImplementedError, RuntimeError) as error:  # A member encrypted or packed in a way Python cannot read.
        raise _damaged(source, str(error)) from None
    return contents


def _seal(path: Path) -> None:
    with path.open("r+b") as handle:
        handle.seek(-_SEAL, os.SEEK_END)
        place = handle.tell()
        handle.write(_hash_until(path, place).encode())


def _hash_until(path: Path, end: int) -> str:
    digest, left = hashlib.sha256(), end
    with path.open("rb") as handle:
        while piece := handle.read(min(_PIECE, left)):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest()


def _check_seal(source: Path) -> None:
    with source.open("rb") as handle:
        place = handle.seek(-_SEAL, os.SEEK_END)
        stated = handle.read()
    if _hash_until(source, place).encode() != stated:
        raise ValueError("校验值不符")


def _readable(contents: dict[str, Any], source: Path) -> None:
    """Refuse what a newer program wrote and names that would be written outside the data folder."""
    if contents["format"] > FORMAT or contents["migration"] not in archive.migrations():
        raise UploadRefused(
            Problem(
                "backup-newer",
                f"这个备份由另一版本的程序制作（{contents.get('yici')}，{contents['migration']}）。",
                "请用制作备份的版本或更新的版本恢复。",
                Place(file=source.name),
            )
        )
    for name in contents["files"]:
        parts = name.split("/")
        if parts[0] not in FOLDERS or len(parts) < 2 or any(part in ("", ".", "..") or "\\" in part for part in parts):
            raise _damaged(source, name)


def _hash(package: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with package.open(name) as member:
        while piece := member.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _extract(package: zipfile.ZipFile, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".tmp-{target.name}")
    with package.open(name) as member, temporary.open("wb") as handle:
        shutil.copyfileobj(member, handle, _PIECE)
    _flush(temporary)
    temporary.replace(target)


def _flush(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _note(actor: str, action: str, file: Path, contents: dict[str, Any]) -> None:
    detail = {"file": file.name, "sequence": contents["sequence"], "files": len(contents["files"])}
    audit.append_alone(actor=actor, action=action, thing=file.name, detail=detail)


def _facts(contents: dict[str, Any]) -> BackupFacts:
    every = [*contents["tables"].values(), *contents["files"].values()]
    return BackupFacts(
        made=str(contents["made"]),
        sequence=int(contents["sequence"]),
        rows={name: int(fact["rows"]) for name, fact in contents["tables"].items()},
        files=len(contents["files"]),
        bytes=sum(int(fact["bytes"]) for fact in every),
        migration=str(contents["migration"]),
    )


def _damaged(source: Path, what: str) -> UploadRefused:
    return UploadRefused(
        Problem(
            "backup-damaged",
            f"备份文件不完整或已损坏（{what}），没有恢复任何内容。",
            "请换一份备份；现有数据没有改动。",
            Place(file=source.name),
        )
    )

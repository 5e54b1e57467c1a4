"""The projection: golden records in a DuckDB file, published as an immutable file per pool sequence.

DuckDB lets one process write a file and shuts all others out, so a file is never written under the name it is read by:
one process at a time, holding a lock, brings a copy up to date and renames it; readers open what is published, read
only. See docs/decisions/0001-projection-ownership.md.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import threading
import uuid
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import TracebackType

import duckdb

from yici.core.elements import Registry
from yici.core.errors import Conflict, Problem
from yici.core.manifest import Manifest
from yici.engine.build import Past, build, can_update, fingerprint, read_past, update

FOLDER, PAST, TEMPORARY = "projection", "past", ".tmp-"
# Of so many past days the golden records are kept: forms of last month and of last year, and one looked up.
_MOST_DAYS = 4
# The engine takes no more than this; what does not fit goes to temporary files in the data folder.
MEMORY_LIMIT = "2GB"
_ATTEMPTS = 5
_UNREADABLE = (duckdb.IOException, duckdb.SerializationException, FileNotFoundError)
Mark = tuple[int, str, int, int]
"""What tells a published file from every other one that a process has open."""
# The published file this process has open, by process and folder.
_KEPT: dict[tuple[int, str], tuple[Mark, duckdb.DuckDBPyConnection]] = {}
_KEEPING = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A registry, equal to itself only: one is never changed once it is made."""

    registry: Registry

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.registry is self.registry

    def __hash__(self) -> int:
        return id(self.registry)


@dataclass(slots=True)
class Projection:
    """An open projection: read it through `con` only. `sequence` is the pool sequence it holds, `as_of` its cut. `mark`
    tells its file from every other: what was read under the same mark is the same."""

    con: duckdb.DuckDBPyConnection
    sequence: int
    as_of: date | None = None
    path: Path | None = None
    mark: Mark | None = None

    def close(self) -> None:
        """Close the connection."""
        self.con.close()

    def __enter__(self) -> Projection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_projection(home: Path, registry: Registry, manifest: Manifest, as_of: date | None = None) -> Projection:
    """The golden records of that manifest, brought up to date first. A published file may be newer, never older.

    With an `as_of` before the newest record these are the golden records without the records after it.
    """
    folder = home / FOLDER
    if as_of is not None and manifest.newest is not None and as_of < manifest.newest:
        folder, manifest = _day(home, as_of), manifest.at(as_of)
        _forget_days(home, keep=as_of)
    folder.mkdir(parents=True, exist_ok=True)
    mark = _mark(_Same(registry))
    for _ in range(_ATTEMPTS):
        path = _published(folder, mark, at_least=manifest.sequence) or _publish(home, folder, registry, manifest, mark)
        # Another process may publish a newer file and remove this one between our look and our opening, and a file
        # may be damaged: it is only a cache, so it is made again.
        with contextlib.suppress(*_UNREADABLE):
            return _open(path, folder, as_of)
        path.unlink(missing_ok=True)
    raise Conflict(
        Problem("projection-unreadable", f"主记录缓存无法打开：{folder}。", "请检查磁盘空间和目录权限后重试。")
    )


def open_published(
    home: Path, registry: Registry, sequence: int, as_of: date | None = None, *, past: bool = False
) -> Projection | None:
    """The published golden records when they hold at least that pool sequence, without looking at what they are made
    of; None when they must be brought up to date first. `past`: those without the records after `as_of`."""
    folder = _day(home, as_of) if past and as_of is not None else home / FOLDER
    path = _published(folder, _mark(_Same(registry)), at_least=sequence)
    if path is not None:
        with contextlib.suppress(*_UNREADABLE):
            if past:
                os.utime(folder)  # So that the days asked for longest ago are known.
            return _open(path, folder, as_of)
    return None


@lru_cache(maxsize=8)
def _mark(registry: _Same) -> str:
    return fingerprint(registry.registry)


def _open(path: Path, folder: Path, as_of: date | None) -> Projection:
    con, mark = _opened(path, folder)
    return Projection(con, _sequence(path), as_of, path, mark)


def _opened(path: Path, folder: Path) -> tuple[duckdb.DuckDBPyConnection, Mark]:
    """A connection of one's own to a published file, with the file's mark. A process keeps each file's database open
    until a newer one comes: opening it anew costs more than most reads. A forked process opens its own."""
    stat = path.stat()
    mark = (os.getpid(), str(path), stat.st_ino, stat.st_mtime_ns)
    place = (os.getpid(), str(folder))
    with _KEEPING:
        kept = _KEPT.get(place)
        if kept is None or kept[0] != mark:
            # Who reads the older one goes on reading it: its database lives as long as any of its connections.
            kept = (mark, _connect(str(path), folder, read_only=True))
            _KEPT[place] = kept
            _leave_days()
        return kept[1].cursor(), mark


def _leave_days() -> None:
    """Leave the databases of the past days that were opened longest ago, also where another process removes the files.
    Who reads one goes on. Only under the lock."""
    days = [place for place in _KEPT if Path(place[1]).parent.name == PAST]
    for place in days[:-_MOST_DAYS]:
        del _KEPT[place]


def _day(home: Path, as_of: date) -> Path:
    """Where the golden records of a past day are published."""
    return home / FOLDER / PAST / as_of.isoformat()


def _forget_days(home: Path, keep: date) -> None:
    """Remove the files of the past days asked for longest ago, so that a few remain besides this one.

    Who reads one goes on reading it. The empty folder stays: somebody may wait for its lock.
    """
    days = [day for day in (home / FOLDER / PAST).glob("*-*") if day.name != keep.isoformat()]
    for day in sorted(days, key=lambda day: day.stat().st_mtime, reverse=True)[_MOST_DAYS - 1 :]:
        with _KEEPING:
            _KEPT.pop((os.getpid(), str(day)), None)
        for file in day.glob("*.duckdb"):
            file.unlink(missing_ok=True)


def _publish(home: Path, folder: Path, registry: Registry, manifest: Manifest, mark: str) -> Path:
    """Make the projection of the manifest and publish it, unless another process has done so meanwhile."""
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if there := _published(folder, mark, at_least=manifest.sequence):
            return there
        _sweep(folder, keep=_published(folder, mark, at_least=0))
        temporary = folder / f"{TEMPORARY}{uuid.uuid4().hex}"
        try:
            _make(temporary, _published(folder, mark, at_least=0), home, registry, manifest)
            final = folder / f"{manifest.sequence:012d}-{mark}.duckdb"
            temporary.replace(final)
        finally:
            temporary.unlink(missing_ok=True)
        _sweep(folder, keep=final)
        return final


def _make(target: Path, base: Path | None, home: Path, registry: Registry, manifest: Manifest) -> None:
    """Make the file: from a copy of the last one where its changes are few, else anew."""
    if base is not None and (past := _past(base)) is not None and can_update(past, manifest):
        shutil.copyfile(base, target)
        with _connect(str(target), home / FOLDER) as con:
            update(con, home, registry, manifest)
            con.execute("CHECKPOINT")
        return
    with _connect(str(target), home / FOLDER) as con:
        build(con, home, registry, manifest)
        con.execute("CHECKPOINT")


def _past(base: Path) -> Past | None:
    """What the published file was made from; None when it is damaged."""
    with (
        contextlib.suppress(duckdb.Error),
        # Most often this process reads that file anyway.
        _opened(base, base.parent)[0] as con,
    ):
        return read_past(con)
    return None


def _published(folder: Path, mark: str, *, at_least: int) -> Path | None:
    """The newest published file for this registry that holds at least that pool sequence."""
    newest = max(folder.glob(f"[0-9]*-{mark}.duckdb"), default=None)
    return newest if newest is not None and _sequence(newest) >= at_least else None


def _sequence(path: Path) -> int:
    return int(path.name.split("-")[0])


def _sweep(folder: Path, keep: Path | None) -> None:
    """Remove older files and what killed writers left. Who has one open keeps reading it. Only under the lock."""
    for path in folder.iterdir():
        if path != keep and (path.suffix == ".duckdb" or path.name.startswith(TEMPORARY)) and path.is_file():
            path.unlink(missing_ok=True)


def _threads() -> int:
    """On how many cores one query may run: YICI_ENGINE_THREADS, else up to four. One that is no number counts as not
    set."""
    wanted = os.environ.get("YICI_ENGINE_THREADS", "")
    return max(1, int(wanted)) if wanted.isdecimal() else min(4, os.cpu_count() or 1)


def _connect(name: str, folder: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": _threads(),
        "memory_limit": MEMORY_LIMIT,
        "preserve_insertion_order": False,
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": False,
    }
    con = duckdb.connect(name, read_only=read_only, config=config)
    # The engine's own progress bar would mix with what a command prints.
    con.execute("SET enable_progress_bar = false")
    return con

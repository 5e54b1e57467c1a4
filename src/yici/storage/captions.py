"""Reading the curated words of statistics captions: `captions.csv` of the base pack and of an office's own packs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from yici.core.aliases import PatternError, compose
from yici.core.captions.lexicon import CaptionWords
from yici.core.errors import PackError, Place, Problem
from yici.storage.packs import BASE_PACK, local_packs

FILE = "captions.csv"


def load_caption_words(extra_dirs: Iterable[Path] | None = None) -> tuple[CaptionWords, ...]:
    """The entries of every pack in order. Columns: kind, subject, words (patterns parted by blanks), when. The same
    files are read once a process.

    Raises PackError naming every entry whose pattern cannot be read.
    """
    folders = (BASE_PACK, *(local_packs() if extra_dirs is None else extra_dirs))
    return _read(tuple((file, _stamp(file)) for folder in folders if (file := folder / FILE).exists()))


def _stamp(file: Path) -> tuple[int, int, int]:
    state = file.stat()
    return state.st_ino, state.st_mtime_ns, state.st_size


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[Path, tuple[int, int, int]], ...]) -> tuple[CaptionWords, ...]:
    found: list[CaptionWords] = []
    problems: list[Problem] = []
    for file, _ in files:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                try:
                    words = compose(row["words"].split(), {})
                except PatternError as error:
                    problems.append(
                        Problem("pack-pattern", str(error), "写法见 docs/elements.md。", Place(file=str(file)))
                    )
                    continue
                found.append(CaptionWords(row["kind"], row["subject"], words, row["when"]))
    if problems:
        raise PackError(problems)
    return tuple(found)

"""Reading the documents of packs (policies, schemes): what they have in common, every problem with its place."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from yici.core.elements import Registry
from yici.core.errors import Place, Problem

ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
"""What the ids of documents and their parts look like."""
_Figure = TypeVar("_Figure")


@dataclass(slots=True)
class DocumentReader(ABC, Generic[_Figure]):
    """Reads one document. `where` is its id once it is known; `kind` begins the codes of its problems."""

    kind: ClassVar[str]
    example_id: ClassVar[str]
    example_figure: ClassVar[str]

    registry: Registry
    file: str
    where: str = ""
    problems: list[Problem] = field(default_factory=list)

    @abstractmethod
    def _mapping(self, value: object, part: str) -> Mapping[str, Any]:
        """A mapping with none but the known keys of that part."""

    @abstractmethod
    def _dictionary(self, value: object, part: str) -> Mapping[str, Any]:
        """A mapping with any keys."""

    @abstractmethod
    def _date(self, value: object, part: str) -> date | None: ...

    @abstractmethod
    def _steps(self, written: object) -> list[object]:
        """The values of a parameter as written, each with its day; a figure without a day always held."""

    @abstractmethod
    def _figure_of(self, value: object) -> _Figure | None:
        """A value of a parameter; None when it is none."""

    def _say(self, code: str, message: str, hint: str) -> None:
        """Note a problem; its code is `code` after the kind of document."""
        words = f"{self.where}：{message}" if self.where else message
        self.problems.append(Problem(f"{self.kind}-{code}", words, hint, Place(self.file)))

    def _identified(self, top: Mapping[str, Any]) -> tuple[date | None, date | None]:
        """Take the document's id, and from and until which day it holds."""
        self.where = str(top.get("id") or "")
        if not ID.fullmatch(self.where):
            hint = f"只用小写字母、数字和连字符，如 {self.example_id}。"
            self._say("id", f"标识“{self.where}”不合规则。", hint)
        valid = self._mapping(top.get("valid"), "valid")
        since, until = self._date(valid.get("from"), "valid.from"), self._date(valid.get("to"), "valid.to")
        if since is None:
            self._say("valid", "没有写从哪一天起有效。", "请写 valid: {from: 2025-01-01, to: null}。")
        return since, until

    def _dated(self, value: object) -> Iterator[tuple[str, list[tuple[date, _Figure]]]]:
        """The parameters: each with its figures and from which day they hold, in order."""
        for name, written in ({} if value is None else self._dictionary(value, "parameters")).items():
            dated: list[tuple[date, _Figure]] = []
            for step in self._steps(written):
                entry = self._mapping(step, "parameters")
                since, figure = self._date(entry.get("from"), f"参数.{name}"), self._figure_of(entry.get("value"))
                if since is None or figure is None:
                    hint = f"写成 [{{from: 2025-01-01, value: {self.example_figure}}}]。"
                    self._say("parameter", f"参数“{name}”的一个值没有起始日期或没有值。", hint)
                else:
                    dated.append((since, figure))
            days = [since for since, _ in dated]
            if days != sorted({*days}):
                self._say("parameter", f"参数“{name}”的日期不是从早到晚。", "请按日期排列，一天一个值。")
            yield str(name), dated

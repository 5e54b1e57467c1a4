"""The package behind an .xlsx file: its parts, their relationships, the sheets of the workbook.

Read by names without their namespace, so that strict workbooks and those with prefixes (`x:row`) read alike.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from lxml import etree

from yici.core.errors import Problem, UploadRefused

MAX_PART_BYTES = 512 * 1024 * 1024
RELATION_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part: the last word of its type ("worksheet") and the target part (or web address)."""

    kind: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One worksheet of the workbook: its name, its part, whether it is shown. `index` counts all tabs from 0."""

    name: str
    part: str
    state: Literal["visible", "hidden"]
    index: int


def local(tag: object) -> str:
    """The name of an element or attribute without its namespace ("" for a comment or entity)."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The direct children of that local name."""
    return (child for child in element if local(child.tag) == name)


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first direct child of that local name, or None."""
    return next(children(element, name), None)


def parse_xml(data: bytes, part: str) -> etree._Element:
    """The root of an XML part; entities stay unexpanded and nothing is fetched. Raises UploadRefused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise broken(part) from error


def broken(part: str) -> UploadRefused:
    """The refusal of a file with a damaged part."""
    return UploadRefused(
        Problem(
            "broken-workbook", f"工作簿已损坏，读不出其中的“{part}”。", "请用 Excel 或 WPS 打开并另存为 .xlsx 后重试。"
        )
    )


class Package:
    """An opened workbook package. Part names are found whatever their case, as Excel does.

    Raises UploadRefused for what is not a readable .xlsx file.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise _not_a_workbook() from error
        self._names = {info.filename.replace("\\", "/").lower(): info for info in self.zip.infolist()}
        if any(info.flag_bits & 1 for info in self._names.values()):
            raise UploadRefused(
                Problem("password", "文件有密码保护，读不出内容。", "请去掉密码后另存为 .xlsx 再提交。")
            )
        self.workbook = self._find_workbook()

    def info(self, part: str) -> zipfile.ZipInfo | None:
        """The zip entry of a part, or None."""
        return self._names.get(part.lower())

    def has(self, part: str) -> bool:
        return part.lower() in self._names

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises UploadRefused when it is missing, damaged or monstrous."""
        info = self.info(part)
        if info is None or info.file_size > MAX_PART_BYTES:
            raise broken(part)
        try:
            return self.zip.read(info)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
            raise broken(part) from error

    def xml(self, part: str) -> etree._Element:
        return parse_xml(self.read(part), part)

    def relations(self, part: str) -> dict[str, Relation]:
        """The relationships of a part by id; those of the package itself for ""."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(rels):
            return {}
        found = {}
        for item in children(self.xml(rels), "Relationship"):
            external = item.get("TargetMode") == "External"
            target = item.get("Target", "")
            kind = item.get("Type", "").rpartition("/")[2]
            found[item.get("Id", "")] = Relation(kind, target if external else _resolve(folder, target), external)
        return found

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that `part` points to with that kind of relationship and that are there."""
        relations = self.relations(part).values()
        return [r.target for r in relations if r.kind == kind and not r.external and self.has(r.target)]

    def sheets(self, workbook: etree._Element) -> list[SheetPart]:
        """The worksheets in the order of their tabs; chart sheets and macro sheets are left out."""
        relations = self.relations(self.workbook)
        listed = child(workbook, "sheets")
        found = []
        for index, item in enumerate(() if listed is None else children(listed, "sheet")):
            relation = relations.get(next((item.get(key, "") for key in RELATION_ID if item.get(key)), ""))
            if relation is None or relation.kind != "worksheet" or not self.has(relation.target):
                continue
            state: Literal["visible", "hidden"] = "visible" if item.get("state", "visible") == "visible" else "hidden"
            found.append(SheetPart(item.get("name", ""), relation.target, state, index))
        return found

    def _find_workbook(self) -> str:
        named = self.related("", "officeDocument")
        part = named[0] if named else "xl/workbook.xml"
        if not self.has(part) or not part.lower().endswith(".xml") or part.lower().startswith("word/"):
            raise _not_a_workbook()
        return part


def _resolve(folder: str, target: str) -> str:
    target = unquote(target).replace("\\", "/")
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(folder, target))


def _not_a_workbook() -> UploadRefused:
    return UploadRefused(
        Problem("not-a-workbook", "这不是能读取的 .xlsx 工作簿。", "请用 Excel 或 WPS 打开并另存为 .xlsx 后重试。")
    )

"""Make the English catalogue: the words in web/locale/en/words/*.csv (中文,English) become django.mo.

python scripts/messages.py           write the catalogue
python scripts/messages.py --missing list the texts of templates and pages that have no English yet
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from pathlib import Path

import polib

SOURCE = Path(__file__).parents[1] / "src" / "yici"
WEB = SOURCE / "web"
ENGLISH = WEB / "locale" / "en"
CATALOGUE = ENGLISH / "LC_MESSAGES" / "django.mo"
# Beginnings of names, and a name that is looked up with what it is the name of.
_NO_PHRASES = {"主体类型：", "是否", "有", "户"}
_CHINESE = re.compile("[\u4e00-\u9fff、“（]")
_PLAIN = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
_BLOCK = re.compile(r"\{%\s*blocktranslate\b([^%]*)%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
_CODE = re.compile(r"""(?<![\w.])(?:_|gettext|gettext_lazy|ngettext)\(\s*(?:"((?:[^"\\]|\\.)+)"|'((?:[^'\\]|\\.)+)')""")


def words() -> dict[str, str]:
    """Chinese → English, from all word files. Raises ValueError where two files disagree."""
    found: dict[str, str] = {}
    for file in sorted((ENGLISH / "words").glob("*.csv")):
        for row in csv.reader(file.read_text("utf-8").splitlines()):
            if len(row) != 2:
                raise ValueError(f"{file.name}: {row}")
            if found.setdefault(row[0], row[1]) != row[1]:
                raise ValueError(f"{file.name}: {row[0]} is {found[row[0]]!r} elsewhere")
    return found


def used() -> set[str]:
    """Every text that templates and code ask a translation for, as it stands in a catalogue."""
    found: set[str] = set()
    for template in WEB.rglob("*.html"):
        text = template.read_text("utf-8")
        found |= {match[1] or match[2] for match in _PLAIN.finditer(text)}
        for options, body in _BLOCK.findall(text):
            singular = re.split(r"\{%\s*plural\s*%\}", body)[0]
            singular = re.sub(r"\{\{\s*([\w.]+)\s*\}\}", r"%(\1)s", singular)
            found.add(" ".join(singular.split()) if "trimmed" in options else singular)
    for module in WEB.rglob("*.py"):
        found |= {match[1] or match[2] for match in _CODE.finditer(module.read_text("utf-8"))}
    return found | phrases()


def phrases() -> set[str]:
    """The phrases in which expressions are said."""
    tree = ast.parse((SOURCE / "core" / "expressions" / "wording.py").read_text("utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # What is said of the code itself.
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told}
    return {text for text in texts if isinstance(text, str) and _CHINESE.search(text)} - _NO_PHRASES


def catalogue() -> polib.POFile:
    """The catalogue of all words."""
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": "en",
                     "Plural-Forms": "nplurals=2; plural=(n != 1);"}  # fmt: skip
    made.extend(polib.POEntry(msgid=chinese, msgstr=english) for chinese, english in sorted(words().items()))
    return made


if __name__ == "__main__":
    if "--missing" in sys.argv:
        print("\n".join(sorted(used() - words().keys())))
    else:
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        catalogue().save_as_mofile(str(CATALOGUE))

"""Whether a page in English still shows Chinese that is not data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models as fields
from lxml import html

from yici.core.elements import Registry
from yici.services.policies import policies_of
from yici.services.schemes import schemes_of
from yici.storage.packs import load_registry
from yici.storage.units import all_areas

_CHINESE = re.compile(r"[一-鿿]+")
_ATTRIBUTES = ("aria-label", "placeholder", "title", "alt")
_PERIOD = "[0-9]+年(?:第[0-9]+(?:周|季度)|[0-9]+月)?"
# The switch to the other language, and the product's own name.
_ALWAYS = ("中文", "一次")


def untranslated(page: str, known: re.Pattern[str]) -> Iterator[str]:
    """The texts of a page that hold Chinese besides data; parts marked with their own language are as they are."""
    tree = html.document_fromstring(page)
    for element in tree.xpath("//script|//style|//*[@lang='zh-hans']"):
        if element.tag != "html":
            element.drop_tree()
    texts = [*tree.xpath("//text()"), *(v for a in _ATTRIBUTES for v in tree.xpath(f"//*[not(self::input)]/@{a}"))]
    for text in dict.fromkeys(str(one).strip() for one in texts):
        if _CHINESE.search(known.sub("", text)):
            yield text[:120]


def known_words(names: Iterable[str]) -> re.Pattern[str]:
    """Everything that is data: the names given, definitions, policies, and whatever stands in the database."""
    words = {
        *_ALWAYS,
        *names,
        *_of_registry(load_registry()),
        *_of_policies(),
        *_of_database(),
        *_of_schemes(),
        *(a.name for a in all_areas()),
    }
    pieces = {piece for word in words for piece in (word, *_CHINESE.findall(word)) if piece}
    return re.compile(f"{_PERIOD}|" + "|".join(re.escape(piece) for piece in sorted(pieces, key=len, reverse=True)))


def _of_registry(registry: Registry) -> Iterator[str]:
    for element in registry.elements.values():
        yield from (element.name, element.definition, element.unit or "", *element.aliases, *element.authority)
        yield from (element.sensitivity, element.share)
    for subject in registry.subjects.values():
        yield from (subject.name, *subject.aliases)
    for codes in registry.code_lists.values():
        yield from (
            codes.name,
            codes.standard,
            *(label for code in codes.codes for label in (code.label, *code.aliases)),
        )


def _of_policies() -> Iterator[str]:
    for policy in policies_of():
        yield from (
            policy.title,
            policy.issuer,
            policy.document,
            *policy.basis,
            policy.benefit.note,
            policy.benefit.unit,
        )
        yield from (policy.source.title, policy.source.note) if policy.source else ()
        yield from (text for clause in policy.clauses for text in (clause.words, clause.when))
        yield from (text for grade in policy.benefit.grades for text in (grade.name, grade.when, grade.amount))
        yield from (policy.benefit.amount, *(parameter.name for parameter in policy.parameters))


def _of_schemes() -> Iterator[str]:
    """Every text of the schemes, whatever part of them it stands in."""
    for scheme in schemes_of():
        yield from (text for text in re.findall(r"'([^']*)'|\"([^\"]*)\"", repr(scheme)) for text in text if text)


def _of_database() -> Iterable[str]:
    """Every text in every table."""
    for model in apps.get_app_config("storage").get_models():
        names = [f.name for f in model._meta.get_fields() if isinstance(f, fields.CharField | fields.TextField)]
        for row in model._default_manager.values_list(*names) if names else ():
            yield from (str(value) for value in row if value)

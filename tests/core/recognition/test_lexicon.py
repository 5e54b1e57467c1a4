"""The words of a registry are indexed once, and again when a definition was replaced."""

from __future__ import annotations

from dataclasses import replace

from yici.core.binding.lexicon import make_lexicon
from yici.core.ledgers.lexicon import lexicon_of
from yici.storage.packs import load_registry


def test_lexicons_of_one_registry_share_its_words_and_not_what_was_learnt() -> None:
    registry = load_registry()
    plain, taught = make_lexicon(registry), make_lexicon(registry, {("大名", "person"): "person.name"})
    assert plain.always is taught.always
    assert plain.words_for("person") is taught.words_for("person")
    assert (plain.learnt, taught.learnt) == ({}, {("大名", "person"): "person.name"})
    assert lexicon_of(registry) is lexicon_of(registry)


def test_a_replaced_definition_is_seen_at_once() -> None:
    shipped = load_registry()
    registry = replace(shipped, elements=dict(shipped.elements), worked_out={})
    assert not make_lexicon(registry).find("大名鼎鼎", "person")
    assert not lexicon_of(registry).is_heading("s大名鼎鼎")
    name = registry.elements["person.name"]
    registry.elements["person.name"] = replace(name, aliases=(*name.aliases, "大名鼎鼎"))
    assert [element.id for element, _ in make_lexicon(registry).find("大名鼎鼎", "person")] == ["person.name"]
    assert make_lexicon(registry).words_for("person")["大名鼎鼎"].id == "person.name"
    assert lexicon_of(registry).is_heading("s大名鼎鼎")

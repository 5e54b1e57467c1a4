"""The words of captions: made once of the definitions, with what a person confirmed in that lexicon alone."""

from __future__ import annotations

from dataclasses import replace

from yici.core.captions.lexicon import CaptionWords, Lexicon, make_caption_lexicon
from yici.storage.captions import load_caption_words
from yici.storage.packs import load_registry


def _means(lexicon: Lexicon, word: str) -> list[str]:
    return [sense.condition.text for sense in lexicon.always.get(word, []) if sense.condition]


def test_what_a_person_confirmed_is_in_no_other_lexicon() -> None:
    registry, curated = load_registry(), load_caption_words()
    before = make_caption_lexicon(registry, curated, regions=["东岗村"])
    mine = [
        CaptionWords("population", "person", ("党员", "新词"), "年龄 >= 30"),
        CaptionWords("whole", "", ("我镇大表",), ""),
    ]
    confirmed = make_caption_lexicon(registry, curated, regions=["西岗村"], confirmed=mine)
    after = make_caption_lexicon(registry, curated, regions=["东岗村"])
    assert _means(confirmed, "党员") == ["年龄 >= 30"] and _means(confirmed, "新词") == ["年龄 >= 30"]
    assert "我镇大表" in confirmed.title and confirmed.region("西岗") == "西岗村"
    assert after == before and _means(after, "党员") != ["年龄 >= 30"]
    assert "新词" not in after.always and "我镇大表" not in after.title and after.region("西岗") is None


def test_a_changed_definition_makes_new_words() -> None:
    registry, curated = replace(load_registry(), worked_out={}), load_caption_words()
    registry.elements = dict(registry.elements)
    assert "通电话户" not in make_caption_lexicon(registry, curated).always
    broadband = registry.elements["household.broadband"]
    registry.elements[broadband.id] = replace(broadband, aliases=(*broadband.aliases, "通电话户"))
    assert "通电话户" in make_caption_lexicon(registry, curated).always


def test_the_same_files_are_read_once() -> None:
    assert load_caption_words() is load_caption_words()

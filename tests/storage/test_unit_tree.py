"""What lies below a unit is remembered, and follows every change of the tree at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from yici.core.manifest import Area
from yici.services.units import add_units
from yici.storage import units
from yici.storage.database import open_database
from yici.storage.manifest import read_manifest
from yici.storage.packs import load_registry

TOWN = frozenset({"柳河镇", "柳东村"})


def test_the_tree_is_read_once_and_again_after_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_units(home=tmp_path, actor="甲", parent="柳河镇", children=["柳东村"])
    assert units.units_below(["柳河镇"]) == TOWN
    with monkeypatch.context() as patch:
        patch.setattr(units, "all_areas", lambda: pytest.fail("read again"))
        assert units.units_below(["柳河镇"]) == TOWN
        assert units.units_below([]) == frozenset()
    add_units(home=tmp_path, actor="甲", parent="柳河镇", children=["柳西村"])
    assert units.units_below(["柳河镇"]) == TOWN | {"柳西村"}
    add_units(home=tmp_path, actor="甲", parent="杨树镇", children=["柳西村"])
    assert units.units_below(["柳河镇"]) == TOWN


def test_what_is_not_committed_is_not_remembered(tmp_path: Path) -> None:
    add_units(home=tmp_path, actor="甲", parent="柳河镇", children=["柳东村"])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        units.save_areas([Area("柳河镇"), Area("柳南村", "柳河镇")], actor="甲")
        assert "柳南村" in units.units_below(["柳河镇"])
        _ = 1 / 0
    units.save_areas([Area("柳河镇"), Area("柳北村", "柳河镇")], actor="甲")
    assert units.units_below(["柳河镇"]) == TOWN | {"柳北村"}


def test_the_manifest_keeps_the_tree_and_follows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_units(home=tmp_path, actor="甲", parent="柳河镇", children=["柳东村"])
    first = read_manifest(load_registry()).areas
    with monkeypatch.context() as patch:
        patch.setattr(units, "all_areas", lambda: pytest.fail("read again"))
        assert read_manifest(load_registry()).areas == first
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        units.save_areas([Area("柳河镇"), Area("柳南村", "柳河镇")], actor="甲")
        assert "柳南村" in {area.name for area in read_manifest(load_registry()).areas}
        _ = 1 / 0
    assert read_manifest(load_registry()).areas == first
    add_units(home=tmp_path, actor="甲", parent="柳河镇", children=["柳西村"])
    assert {area.name for area in read_manifest(load_registry()).areas} == TOWN | {"柳西村"}


def test_another_folder_has_another_tree(tmp_path: Path) -> None:
    for name, village in (("a", "柳东村"), ("b", "柳西村")):
        add_units(home=tmp_path / name, actor="甲", parent="柳河镇", children=[village])
        assert units.units_below(["柳河镇"]) == {"柳河镇", village}
    open_database(tmp_path / "a")
    assert units.units_below(["柳河镇"]) == TOWN

"""What is shown of a personal value."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from yici.core.access.masks import masked
from yici.core.elements import Element, Kind

CASES = yaml.safe_load((Path(__file__).parent / "masks.yaml").read_text("utf-8"))


@pytest.mark.parametrize(("kind", "value", "shown"), CASES)
def test_a_masked_value(kind: str, value: str, shown: str) -> None:
    assert masked(Element("person.x", "person", "某项", Kind(kind)), value) == shown

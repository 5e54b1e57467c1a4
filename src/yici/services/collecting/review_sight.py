"""What a reviewer sees of a filling: the approved collection is the grant for its own fields of its own units."""

from __future__ import annotations

from dataclasses import replace

from yici.core.access.actors import Actor, Grant
from yici.core.access.rules import can
from yici.services.collecting.filling_things import filling_thing
from yici.services.pool import Pool
from yici.services.pool_sight import narrowed
from yici.storage import collections
from yici.storage.collections import FillingRow


def as_reviewer(actor: Actor, row: FillingRow, pool: Pool) -> Actor:
    """The actor as one who looks at a filling: with the grants for its unit, and, who may check or accept it, with the
    fields its form asks. Nobody can answer for what he may not see; masks stay as everywhere."""
    here, thing = narrowed(actor, row.unit, pool), filling_thing(row)
    collection = collections.collection_row(row.collection)
    if collection is None or not (can(actor, "filling.check", thing) or can(actor, "filling.accept", thing)):
        return here
    asked = frozenset(str(one["means"]) for one in collection.form.fields if one["kind"] == "element")
    return replace(here, grants=(*here.grants, Grant(asked, collection.purpose, frozenset({row.unit}))))

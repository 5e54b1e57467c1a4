"""Which registers (名册) somebody keeps in a pool: there alone does not being named in one mean anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from yici.core.elements import Element, Registry
from yici.core.expressions.nodes import Expr, register_of, registers_in
from yici.engine.projection import Projection
from yici.engine.schema import quoted, table_of


@dataclass(frozen=True, slots=True)
class KeptRegisters:
    """The elements that anybody in the projection has, asked one by one when needed: `element_id in kept`.

    Good for as long as the projection is open.
    """

    projection: Projection
    registry: Registry
    _known: dict[str, bool] = field(default_factory=dict)

    def __contains__(self, element: object) -> bool:
        name = str(element)
        if name not in self._known:
            known = self.registry.elements.get(name)
            self._known[name] = known is not None and not known.derived and self._anybody_has(known)
        return self._known[name]

    def _anybody_has(self, element: Element) -> bool:
        sql = f"SELECT EXISTS (SELECT 1 FROM {table_of(element.subject)} WHERE {quoted(element.id)} IS NOT NULL)"  # noqa: S608
        return bool(self.projection.con.execute(sql).fetchall()[0][0])


def registers_of(exprs: Iterable[Expr]) -> tuple[Element, ...]:
    """The registers that expressions look into, each once, in order."""
    found = {register_of(call).element.id: register_of(call).element for expr in exprs for call in registers_in(expr)}
    return tuple(found.values())

"""For which units registers (名册) were imported: there alone does not being named in one mean anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from yici.core.elements import Element
from yici.core.expressions.compiling import REGISTER_UNITS
from yici.core.expressions.nodes import Expr, register_of, registers_in
from yici.engine.projection import Projection


@dataclass(frozen=True, slots=True)
class KeptRegisters:
    """The registers of an open projection, asked one by one when needed: `(element_id, unit) in kept`."""

    projection: Projection
    _known: dict[str, frozenset[str]] = field(default_factory=dict)

    def __contains__(self, pair: object) -> bool:
        element, unit = pair if isinstance(pair, tuple) else ("", "")
        return unit in self.units(str(element))

    def units(self, element: str) -> frozenset[str]:
        """The units the register of an element was imported for; "" among them: for subjects of no known unit."""
        if element not in self._known:
            sql = f"SELECT unit FROM {REGISTER_UNITS} WHERE element = ?"  # noqa: S608 (own name)
            rows = self.projection.con.execute(sql, [element]).fetchall()
            self._known[element] = frozenset(unit for (unit,) in rows)
        return self._known[element]


def registers_of(exprs: Iterable[Expr]) -> tuple[Element, ...]:
    """The registers that expressions look into, each once, in order."""
    found = {register_of(call).element.id: register_of(call).element for expr in exprs for call in registers_in(expr)}
    return tuple(found.values())

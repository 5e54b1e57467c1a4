"""What forms lack for their units: tried once, and kept while all that it follows from is the same.

A clerk with ten open forms looks at their questions many times between two changes of the pool. What is kept is kept
under the golden records it was read from, so a change that any process commits is another key, never a stale answer.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date

from yici.core.elements import Registry
from yici.core.fillplan import Gap
from yici.engine.projection import Projection
from yici.services.cards import Card
from yici.services.collecting.trial import CardTold, tell, try_in
from yici.services.collecting.whom import Whom, kinds_of
from yici.services.form_values import refused_in
from yici.services.forms import Recognised
from yici.services.pool import Pool
from yici.storage.database import in_transaction

# So many gaps are kept by one process: about 20 MB, the questions of some thirty clerks with ten open forms each.
MOST_GAPS = 100_000
# Cards are kept as a hash and their gaps, most of them few: about 20 MB, too.
MOST_DECKS, MOST_CARDS = 200, 40_000


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a form lacks for a unit: the gaps somebody must be asked about, and of a card what kind of subject each of
    their keys names. It is shared: nobody changes it."""

    gaps: tuple[Gap, ...]
    kinds: Mapping[str, str]


class TrialMemory:
    """What the forms tried last lack, at most MOST_GAPS gaps in all. Threads share it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Registry, Lacking]] = OrderedDict()
        self._gaps = 0
        self._lock = threading.Lock()

    def recall(self, key: Hashable, registry: Registry) -> Lacking | None:
        """What is kept under a key, when it was tried with this very registry."""
        with self._lock:
            registered, found = self._kept.get(key, (None, None))
            if found is None or registered is not registry:
                return None
            self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, registry: Registry, lacking: Lacking) -> None:
        """Keep it; what was not asked for longest is forgotten, and what is alone too much is not kept at all."""
        with self._lock:
            self._forget(key)
            self._kept[key] = (registry, lacking)
            self._gaps += len(lacking.gaps)
            while self._kept and self._gaps > MOST_GAPS:
                self._forget(next(iter(self._kept)))

    def _forget(self, key: Hashable) -> None:
        _, before = self._kept.pop(key, (None, None))
        self._gaps -= len(before.gaps) if before is not None else 0


class CardMemory:
    """What the cards of a form came to when they were tried last, by what stands on each: after a change of the pool
    only the cards on which it shows are tried again. Of at most MOST_DECKS forms and units; threads share it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Registry, Mapping[bytes, CardTold]]] = OrderedDict()
        self._lock = threading.Lock()

    def last(self, key: Hashable, registry: Registry) -> Mapping[bytes, CardTold]:
        """The cards of the deck of that key."""
        with self._lock:
            registered, found = self._kept.get(key, (None, {}))
            return found if registered is registry else {}

    def keep(self, key: Hashable, registry: Registry, told: Mapping[bytes, CardTold]) -> None:
        """Keep the cards of a deck in place of those before."""
        with self._lock:
            self._kept[key] = (registry, told)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_DECKS or sum(len(deck) for _, deck in self._kept.values()) > MOST_CARDS:
                self._kept.popitem(last=False)


_MEMORY = TrialMemory()
_CARDS = CardMemory()


@dataclass(slots=True)
class Trials:
    """Forms tried one after the other over the golden records of one moment: what they share is read once."""

    pool: Pool
    now: Projection
    _open: ExitStack
    _days: dict[date, Projection] = field(default_factory=dict)
    _refused: dict[date, set[tuple[str, str]]] = field(default_factory=dict)

    def lacking(self, recognised: Recognised, *, unit: str, whom: Whom, as_of: date) -> Lacking:
        """What a form lacks for a unit. Raises ExpressionError, NotFound."""
        golden = self._at(as_of)
        if self.now.mark is None or golden.mark is None or in_transaction():
            # What a transaction reads may be taken back, with its numbers given out again.
            return self._tried(golden, recognised, unit, whom, as_of)
        key = (recognised.ground, unit, whom, as_of, self.now.mark, golden.mark)
        found = _MEMORY.recall(key, self.pool.registry)
        if found is None:
            found = self._tried(golden, recognised, unit, whom, as_of)
            _MEMORY.keep(key, self.pool.registry, found)
        return found

    def _tried(self, golden: Projection, recognised: Recognised, unit: str, whom: Whom, as_of: date) -> Lacking:
        if as_of not in self._refused:
            self._refused[as_of] = refused_in(golden)
        deck, told = (recognised.ground, unit, as_of, whom.each), dict[bytes, CardTold]()
        before = {} if in_transaction() or not whom.each else _CARDS.last(deck, self.pool.registry)

        def as_before(card: Card) -> CardTold:
            mark = card.mark
            if mark is None:
                return tell(card)
            told[mark] = before.get(mark) or tell(card)
            return told[mark]

        trial = try_in(
            golden, recognised.template, unit=unit, whom=whom, as_of=as_of, pool=self.pool,
            refused=self._refused[as_of], told=as_before,
        )  # fmt: skip
        if told and not in_transaction():
            _CARDS.keep(deck, self.pool.registry, told)
        # A card may ask about its subject, the household and its members, all on one sheet.
        keys = {gap.subject for gap in trial.gaps} if whom.each else set[str]()
        return Lacking(tuple(trial.gaps), kinds_of(keys, self.now, self.pool))

    def _at(self, as_of: date) -> Projection:
        if as_of not in self._days:
            self._days[as_of] = self._open.enter_context(self.pool.projection(as_of))
        return self._days[as_of]


@contextmanager
def trials_in(pool: Pool) -> Iterator[Trials]:
    """Forms tried over the pool as it is now."""
    with ExitStack() as opened:
        yield Trials(pool, opened.enter_context(pool.projection()), opened)

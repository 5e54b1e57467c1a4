"""Whom changes have touched since an earlier pool sequence, with all whose conditions may look at them."""

from __future__ import annotations

from yici.engine.projection import Projection

# A condition looks at a person's household and its head, and at the household's people. The projection already logs
# both sides of every membership; what is left is a head who is stated to be somebody of another household.
_TOUCHED = """
WITH logged AS (SELECT DISTINCT subject, key FROM touch_log WHERE subject IS NOT NULL AND sequence > $since),
headed AS (SELECT h.key FROM household h WHERE h."household.head_id_number" IN
    (SELECT key FROM logged WHERE subject = 'person'))
SELECT subject, key FROM logged
UNION SELECT 'household', key FROM headed
UNION SELECT 'person', p.key FROM person p WHERE p.household IN (SELECT key FROM headed)
"""


def touched_since(projection: Projection, sequence: int) -> dict[str, list[str]] | None:
    """Subject type → keys of everybody whose match may differ from that at `sequence`, gone ones too.

    None when the projection cannot tell: it was made anew since then.
    """
    if projection.path is None:
        return None
    rows = projection.con.execute("SELECT sequence FROM touch_log WHERE subject IS NULL").fetchall()
    if not rows or rows[0][0] > sequence:
        return None
    found: dict[str, list[str]] = {}
    for subject, key in projection.con.execute(_TOUCHED, {"since": sequence}).fetchall():
        found.setdefault(subject, []).append(key)
    return {subject: sorted(keys) for subject, keys in found.items()}

"""A recognised form kept in the data folder: what a job has recognised, the page after it need not recognise again, and
a form of an old format is converted once for all processes."""

from __future__ import annotations

from yici.core.grid import grid_from_json, grid_to_json
from yici.core.recognition.plain import template_from_json, template_to_json
from yici.services.form_memory import Known
from yici.services.pool import Pool
from yici.storage.database import identity, in_transaction
from yici.storage.kept_forms import form_key, has_form, keep_form, keep_package, kept_form, kept_package
from yici.storage.packs import load_registry


def recall(pool: Pool, source: str, ground: object) -> Known | None:
    """What was kept of the form of that hash, recognised from the same ground; None when nothing was."""
    if not _may_keep(pool):
        return None
    content = kept_form(pool.home, form_key(identity(), source, ground))
    try:
        package = kept_package(pool.home, source, content["package"]) if content["package"] else None
        template = template_from_json(content["template"])
        known = Known(grid_from_json(content["grid"]), template, package, pool.registry)
    except (TypeError, ValueError, KeyError, IndexError):
        return None
    # Without its package a form of an old format could be shown, but not filled.
    return known if package is not None or not content["package"] else None


def is_kept(pool: Pool, source: str, ground: object) -> bool:
    """Whether the form of that hash was recognised from the same ground, so that it is opened at once."""
    return _may_keep(pool) and has_form(pool.home, form_key(identity(), source, ground))


def keep(pool: Pool, source: str, ground: object, known: Known) -> Known:
    """Keep a recognised form; it comes back with its converted package where that lies for everybody."""
    if not _may_keep(pool):
        return known
    package = keep_package(pool.home, source, known.source) if known.source is not None else None
    kept = Known(known.grid, known.template, package, known.registry)
    template = template_to_json(known.template)
    # A template that would come back as another is worse than one that is recognised again.
    if template_from_json(template) == known.template:
        content = {"grid": grid_to_json(known.grid), "template": template, "package": package.suffix if package else ""}
        keep_form(pool.home, form_key(identity(), source, ground), content)
    return kept


def _may_keep(pool: Pool) -> bool:
    """Only under the definitions in force, by which the name is made, and not what a transaction under way reads."""
    return pool.registry is load_registry() and not in_transaction()

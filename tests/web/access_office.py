"""The office in which every door is tried: two villages, departments, collections and fillings in every state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api_client import own_proof
from collecting_office import blank_form
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from pool_ledgers import EAST, SON, WEST, fill_pool, ledger

from conftest import PASSWORD, Office
from yici.core.access.actors import Actor, Post, Role
from yici.core.apps.states import AppState
from yici.core.collections.states import FillingState, State
from yici.core.manifest import BatchFacts
from yici.services.accounts import add_account, close_account, grant_elements
from yici.services.collecting.proposals import Proposal, propose
from yici.services.disputes import answer_dispute, disputes_for, raise_dispute
from yici.services.importing import keep_upload
from yici.services.jobs.catalogue import KINDS
from yici.services.ledgers import import_ledger
from yici.services.policies import policies_of
from yici.services.receiving import receive
from yici.services.residents.record import doubt_own
from yici.services.rosters import Wanted, save_filter, saved_filters_of
from yici.services.schemes import schemes_of
from yici.services.tokens import make_token
from yici.storage.accounts import actor_of, find_account
from yici.storage.apps_register import add_app
from yici.storage.batches import list_batches
from yici.storage.collections import add_collection, collection_row
from yici.storage.entries import NewEntry, add_entries
from yici.storage.host import models
from yici.storage.packs import load_registry
from yici.storage.references import references_of

FIRM = "91371082MA3C00001R"
DAY = date(2026, 1, 1)
TOLD, TOLD_WEST = "13853815001", "13853815002"
FIRM_HEAD = ["统一社会信用代码", "企业名称", "法定代表人"]


@dataclass(frozen=True, slots=True)
class Doors:
    """What the words with $ in the table stand for, and each visitor's session."""

    names: Mapping[str, object]
    sessions: Mapping[str, str]


def open_doors(office: Office, folder: Path, visitors: Mapping[str, Mapping[str, Any]]) -> Doors:
    """Fill the office, and let everybody sign in."""
    fill_pool(office.home, folder)
    firms = ledger(folder / "企业台账.xlsx", [[FIRM, "柳河面粉有限公司", "赵四海"]], FIRM_HEAD)
    facts = BatchFacts("市场监管部门", DAY)
    import_ledger(path=firms, facts=facts, home=office.home, registry=load_registry(), actor="甲")
    grant_elements(actor="甲", home=office.home, organisation="民政局", elements=["person.phone", "person.name"],
                   purpose="救助", today=DAY)  # fmt: skip
    grant_elements(actor="甲", home=office.home, organisation="卫健局", elements=["person.name"], purpose="随访",
                   units=["柳西村"], today=DAY)  # fmt: skip
    subjects = {"east": ("person", EAST), "son": ("person", SON), "west": ("person", WEST),
                "home": ("household", "H001"), "firm": ("enterprise", FIRM)}  # fmt: skip
    for login, visitor in visitors.items():
        _account(office, login, visitor, subjects)
    add_account(actor="system", home=office.home, login="newcomer", full_name="新来的", posts=[Post(Role.STEWARD)],
                password=PASSWORD, today=DAY, waits=True)  # fmt: skip
    codes = references_of(subjects.values())
    names: dict[str, object] = {name: codes[pair] for name, pair in subjects.items()}
    names |= _disputes(office, names) | _collections(office, folder) | _others(office, folder) | _apps()
    return Doors(names, {login: _session(login, visitor) for login, visitor in visitors.items() if visitor})


def close_those_closed(office: Office, visitors: Mapping[str, Mapping[str, Any]]) -> None:
    """Close the accounts the table says are closed: after their sessions began."""
    for login, visitor in visitors.items():
        if visitor.get("closed"):
            close_account(actor="甲", home=office.home, login=login, today=DAY)


def acting(login: str) -> Actor:
    """The account as an actor."""
    account = find_account(login)
    assert account is not None
    return actor_of(account, today=timezone.localdate())


def _account(office: Office, login: str, visitor: Mapping[str, Any], subjects: Mapping[str, tuple[str, str]]) -> None:
    if not visitor or find_account(login) is not None:
        return
    post = Post(Role(visitor["role"]), visitor.get("unit"), visitor.get("organisation"))
    subject = subjects[visitor["subject"][1]] if "subject" in visitor else None
    add_account(actor="甲", home=office.home, login=login, full_name=f"{login}员", posts=[post], subject=subject,
                password=PASSWORD, today=DAY)  # fmt: skip


def _session(login: str, visitor: Mapping[str, Any]) -> str:
    """A session as signing in makes it, without the password's slow hash."""
    account, store, moment = find_account(login), SessionStore(), datetime.now(UTC).timestamp()
    assert account is not None
    store.update({"account": account.pk, "epoch": account.session_epoch, "since": moment, "seen": moment,
                  "must_change": visitor.get("must_change", False)})  # fmt: skip
    store.create()
    assert store.session_key
    return store.session_key


def _disputes(office: Office, names: Mapping[str, object]) -> dict[str, object]:
    """One doubt of each state, village and kind of person."""
    home, today, found = office.home, timezone.localdate(), {}
    for name, login, code in (("settled", "clerk-town", "east"), ("waiting", "clerk-town", "son"),
                              ("west_waiting", "clerk-west", "west")):  # fmt: skip
        given: dict[str, Any] = {"home": home, "code": str(names[code]), "element": "person.phone", "today": today}
        raise_dispute(actor=acting(login), doubt="不对", **given)
        found[name] = max(one.row.id for one in disputes_for(actor=acting("steward"), home=home, today=today))
        if name == "settled":
            answer_dispute(actor=acting("steward"), home=home, number=found[name], value="", reason="核过", today=today,
                           now=timezone.now())  # fmt: skip
    doubt_own(actor=acting("resident"), home=home, code=str(names["east"]), element="person.name", doubt="错字",
              today=today)  # fmt: skip
    found["by_resident"] = max(one.row.id for one in disputes_for(actor=acting("steward"), home=home, today=today))
    return dict(found)


def _collections(office: Office, folder: Path) -> dict[str, object]:
    """A collection of each state, and fillings of each state."""
    file = blank_form(folder, "联系电话")
    wanted = Proposal("老人走访", "民政局", "慰问", "年龄 >= 60", "", "", "", None, urgent=True)
    number = propose(actor=acting("officer"), home=office.home, file=file, proposal=wanted)
    row = collection_row(number)
    assert row is not None
    found: dict[str, object] = {"proposed": number}
    dates = {"as_of": DAY, "due": date(2027, 1, 1)}
    for name, organisation, state in (
        ("returned", "民政局", State.RETURNED), ("refused", "民政局", State.REFUSED),
        ("approved", "民政局", State.APPROVED), ("open", "民政局", State.OPEN), ("closed", "民政局", State.CLOSED),
        ("open_west", "卫健局", State.OPEN),
    ):  # fmt: skip
        found[name] = add_collection(form_id=row.form.id, name=f"走访{name}", organisation=organisation, purpose="慰问",
                                     where="年龄 >= 60", state=str(state), by="officer", **dates)  # fmt: skip
    for name, collection, unit, state in (
        ("f_open", "open", "柳东村", FillingState.OPEN), ("f_west", "open", "柳西村", FillingState.OPEN),
        ("f_accepted", "closed", "柳东村", FillingState.ACCEPTED),
        ("f_west_submitted", "open_west", "柳西村", FillingState.SUBMITTED),
    ):  # fmt: skip
        found[name] = _filling(found[collection], unit, state)
    for name, state in (("f_submitted", FillingState.SUBMITTED), ("f_checked", FillingState.CHECKED)):
        other = add_collection(form_id=row.form.id, name=f"走访{name}", organisation="民政局", state=str(State.OPEN),
                               purpose="慰问", where="年龄 >= 60", by="officer", **dates)  # fmt: skip
        found[name] = _filling(other, "柳东村", state)
    _told(found["f_submitted"], EAST, TOLD)
    _told(found["f_west_submitted"], WEST, TOLD_WEST)
    return found


def _told(filling: object, key: str, phone: str) -> None:
    """A phone told in a filling, as answering records it."""
    collection = models.Filling.objects.get(pk=filling).collection_id
    entry = NewEntry("person", key, "person.phone", phone)
    add_entries([entry], actor="clerk", as_of=DAY, source=f"collection:{collection}")


def _filling(collection: object, unit: str, state: FillingState) -> int:
    return int(models.Filling.objects.create(collection_id=collection, unit=unit, state=str(state)).pk)


def _apps() -> dict[str, object]:
    """An app of each of two departments."""
    found: dict[str, object] = {}
    for name, organisation, state in (
        ("app", "民政局", AppState.RUNNING),
        ("app_retiring", "卫健局", AppState.RETIRING),
    ):
        found[name] = add_app(name=f"{organisation}通", kind="app", organisation=organisation, purpose="办事",
                              functions=["走访登记"], fields=[], state=str(state), by="officer")  # fmt: skip
    return found


def _others(office: Office, folder: Path) -> dict[str, object]:
    """What belongs to one account alone, and what is nobody's."""
    home, clerk = office.home, acting("clerk")
    row = ["H001", "户主", "单桂兰", EAST, "13853811001", "柳东村1组3号", "二级", "柳东村"]
    content = ledger(folder / "本村台账.xlsx", [row]).read_bytes()
    kept: dict[str, Any] = {"department": "柳东村", "as_of": DAY, "authority": "", "today": timezone.localdate(),
                            "now": timezone.now()}  # fmt: skip
    uploads = [
        keep_upload(actor=clerk, home=home, name="本村台账.xlsx", content=[content], **kept) for _ in range(2)
    ]  # fmt: skip
    save_filter(actor=clerk, home=home, name="老人", wanted=Wanted("person", (), ("person.name",)))
    saved = saved_filters_of(actor=clerk, home=home)
    received = receive(actor=clerk, home=home, files=[folder / "走访.xlsx"], unit="柳东村", department="教育局",
                       now=timezone.now(), today=timezone.localdate())  # fmt: skip
    job = models.Job.objects.create(
        kind=min(KINDS), words="导入台账", owner="clerk", account=clerk.account, state="done"
    )
    return {
        "received": received[0].number, "demand": models.OutsideDemand.objects.get().pk, "job": job.pk,
        "scheme": schemes_of()[0].id, "grant": models.ElementGrant.objects.order_by("pk")[0].pk,
        "upload": uploads[0], "api_upload": uploads[1], "saved": saved[0].id,
        "batch": list_batches()[0].batch,
        "policy": next(p.id for p in policies_of() if "高龄" in p.title and p.subject == "person"),
        "codes": load_registry().elements["person.sex"].codes,
        "token": make_token(home=home, login="officer", proof=own_proof("officer"), words="低保系统", days=9).id,
    }  # fmt: skip

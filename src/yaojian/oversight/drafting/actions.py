"""Writes to drafts: permission, state, change, act, work, in one transaction each."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, check_may
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.outbox.facade import publish
from yaojian.foundation.timekeeping import now
from yaojian.oversight.drafting import work_kinds
from yaojian.oversight.drafting.checking import problems_in, read_draft
from yaojian.oversight.drafting.contracts import FILE_KIND
from yaojian.oversight.drafting.costing import overdue_before
from yaojian.oversight.drafting.events import CostAsked, PlanAdopted
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.drafting.queries import draft_visible_to, free_seed, pack_of
from yaojian.oversight.drafting.states import DRAFT_STATES, DraftState
from yaojian.oversight.drafting.successor import next_titles, successor_of
from yaojian.oversight.plans.errors import PackError
from yaojian.oversight.plans.facade import Plan, adopt_pack, plan_by_code, plans
from yaojian.oversight.plans.packs import WORD_FILES
from yaojian.oversight.plans.vocabulary import PACK_FOLDER

CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
RESERVED = frozenset({"drafts", "rows", "indicators", "figures", "mandates"})
"""Words that stand in addresses where the code of a plan would."""


def file_ref(draft: PlanDraft) -> Ref:
    """The pointer to a draft's file."""
    return Ref(FILE_KIND, draft.pk)


def digest_of(pack: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a pack's canonical JSON."""
    text = json.dumps(pack, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint_of(pack: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over a pack and the files of words that all packs share."""
    digest = hashlib.sha256(digest_of(pack).encode())
    for name in WORD_FILES:
        digest.update((PACK_FOLDER / name).read_bytes())
    return digest.hexdigest()


def _check_code(code: str) -> None:
    if not CODE.fullmatch(code) or code in RESERVED:
        raise InvalidInput(
            _("This is no code of a plan."),
            field="code",
            cure=_("Write 2 to 40 small letters, digits or underscores, a letter first, e.g. ningxia_15."),
        )
    if plans().filter(code=code).exists():
        raise _taken()


def _taken() -> Conflict:
    return Conflict(
        _("There is a plan or a draft with this code already."), field="code", cure=_("Choose another code.")
    )


def copy_plan(
    *, by: Actor, plan_code: str, organ: Organ, code: str = "", title: str = "", title_en: str = ""
) -> PlanDraft:
    """Draft the next plan out of an existing one; code and titles not given are those of the old, moved on.

    Raises InvalidInput or Conflict for the code, NotAllowed for another organ's plan, NotFound.
    """
    check_may(by, Permission.PLAN_DRAFT)
    if not (organ.path or "-").startswith(by.organ_path):
        raise NotAllowed(
            _("You draft plans of your own organ and of those below it."),
            cure=_("Ask %(organ)s to draft it.") % {"organ": organ.label},
        )
    based_on = plan_by_code(plan_code)
    code = code or next_code(based_on)
    _check_code(code)
    old = pack_of(based_on)
    titles = next_titles(based_on.title, based_on.title_en, based_on.start_year, based_on.end_year)
    moment = now()
    try:
        with transaction.atomic():
            pack = successor_of(
                old,
                code=code,
                seed=free_seed(),
                organ=organ.code,
                level=organ.level,
                title=title or titles[0],
                title_en=title_en or titles[1],
            )
            draft = PlanDraft.objects.create(
                code=code,
                organ=organ,
                based_on=based_on,
                pack=pack,
                drafted_by_id=by.user_id,
                drafted_at=moment,
                changed_at=moment,
            )
            _record(by, "plan_draft.created", draft, {"rows": len(pack["rows"])})
    except IntegrityError as error:
        raise _taken() from error
    return draft


def next_code(plan: Plan) -> str:
    """The short code that a plan's successor gets unless told otherwise, e.g. barkol_2026."""
    stem = re.sub(r"_\d{4}$", "", plan.code)
    return f"{stem[:35]}_{plan.end_year + 1}"


def change_header(*, by: Actor, pk: int, version: int, header: Mapping[str, Any]) -> PlanDraft:
    """Change title, years or document number of a draft."""
    with transaction.atomic():
        draft = _held(by, pk, "change", version)
        given = {name: value for name, value in header.items() if value not in ("", None)}
        dropped = {name for name, value in header.items() if value in ("", None)}
        plan = {name: value for name, value in draft.pack["plan"].items() if name not in dropped}
        draft.pack = {**draft.pack, "plan": plan | given}
        return _changed(by, draft, "plan_draft.changed", {})


def change_row(*, by: Actor, pk: int, version: int, row_id: str, row: Mapping[str, Any] | None) -> PlanDraft:
    """Replace a row of a draft, add one (no `row_id`), or remove one (no `row`)."""
    with transaction.atomic():
        draft = _held(by, pk, "change", version)
        rows = list(draft.pack["rows"])
        if row is None and len(rows) == 1:
            raise RuleBroken(_("A plan has at least one row."), cure=_("Add another row first."))
        place = next((n for n, known in enumerate(rows) if known["id"] == row_id), len(rows))
        if row_id and place == len(rows):
            raise NotFound(_("The draft has no such row."), cure=_("Choose one on the page of the draft."))
        if row is not None and any(known["id"] == row["id"] for n, known in enumerate(rows) if n != place):
            raise Conflict(
                _("Another row of the draft has this id."), field="id", cure=_("Give it an id of its own.")
            )
        rows[place : place + 1] = [] if row is None else [dict(row)]
        draft.pack = {**draft.pack, "rows": rows}
        return _changed(by, draft, "plan_draft.changed", {"row": row_id or (row or {})["id"]})


def submit_draft(*, by: Actor, pk: int) -> PlanDraft:
    """Hand a draft in for adoption. Raises RuleBroken while it has problems."""
    with transaction.atomic():
        draft = _held(by, pk, "submit")
        _check_sound(draft)
        draft.submitted_by_id = by.user_id
        return _stepped(by, draft, "submit", "plan_draft.submitted")


def return_draft(*, by: Actor, pk: int, reason: str) -> PlanDraft:
    """Give a draft back with the reason."""
    check_may(by, Permission.PLAN_ADOPT)
    with transaction.atomic():
        draft = _held(by, pk, "return", right=Permission.PLAN_ADOPT)
        draft.reason = reason
        return _stepped(by, draft, "return", "plan_draft.returned", {"reason": reason})


def withdraw_draft(*, by: Actor, pk: int, reason: str) -> PlanDraft:
    """Give a draft up; it stays in the list, and its code is free again."""
    with transaction.atomic():
        draft = _held(by, pk, "withdraw")
        draft.reason = reason
        return _stepped(by, draft, "withdraw", "plan_draft.withdrawn", {"reason": reason})


def adopt_draft(*, by: Actor, pk: int) -> PlanDraft:
    """Make a draft the plan: its figures compute at once, its duties open their work within the minute.

    What is overdue under the plan that it follows stays on the worklist; the act says how much.
    Raises NotAllowed for who handed it in, RuleBroken while it has problems.
    """
    with transaction.atomic():
        draft = _held(by, pk, "adopt", right=Permission.PLAN_ADOPT)
        if draft.submitted_by_id == by.user_id:
            raise NotAllowed(
                _("Who handed a draft in does not adopt it."), cure=_("Ask a second leader of your organ.")
            )
        _check_sound(draft)
        overdue = sum(number for _mandate, number in overdue_before(draft))
        draft.plan = adopt_pack(read_draft(draft.pack), fingerprint_of(draft.pack), by=by)
        draft.decided_by_id, draft.decided_at = by.user_id, now()
        facts = {"rows": len(draft.pack["rows"]), "overdue_kept": overdue}
        adopted = _stepped(by, draft, "adopt", "plan_draft.adopted", facts)
        publish(PlanAdopted(draft.code))
        return adopted


def reload_adopted() -> dict[str, str]:
    """Let adopted plans follow the files of words they are made of: for each code what became of it.

    What was adopted stays as it was. A plan that the words no longer fit is kept as it is, and the
    answer names its problems.
    """
    became = {}
    adopted = PlanDraft.objects.filter(state=DraftState.ADOPTED.value, plan__isnull=False)
    for draft in adopted.select_related("plan").order_by("pk"):
        fingerprint = fingerprint_of(draft.pack)
        if draft.plan is None or draft.plan.fingerprint == fingerprint:
            became[draft.code] = "unchanged"
            continue
        try:
            adopt_pack(read_draft(draft.pack), fingerprint)
            became[draft.code] = "loaded"
        except PackError as error:
            became[draft.code] = f"kept as it was: {error}"
    return became


def ask_cost(*, by: Actor, pk: int) -> None:
    """Let the worker reckon what a draft would come to. Raises RuleBroken while it has problems."""
    check_may(by, Permission.PLAN_DRAFT)
    draft = draft_visible_to(by, pk)
    _check_sound(draft)
    with transaction.atomic():
        PlanDraft.objects.filter(pk=draft.pk).update(cost=None, cost_version=draft.version)
        publish(CostAsked(draft.pk))


def _check_sound(draft: PlanDraft) -> None:
    if problems := problems_in(draft.pack):
        raise RuleBroken(
            _("The draft has %(number)s problems.") % {"number": len(problems)},
            cure=_("Mend what the list above names."),
        )


def _held(
    by: Actor, pk: int, verb: str, version: int | None = None, right: Permission = Permission.PLAN_DRAFT
) -> PlanDraft:
    check_may(by, right)
    draft = draft_visible_to(by, pk, for_update=True)
    if not DRAFT_STATES.permits(DraftState(draft.state), verb):
        raise Conflict(_("The state of the draft does not allow this."), cure=_("Open the draft again."))
    if version is not None and version != draft.version:
        raise Conflict(
            _("Somebody has changed the draft since you opened it."),
            cure=_("Open it again and enter your change once more; theirs is kept."),
        )
    return draft


def _changed(by: Actor, draft: PlanDraft, kind: str, facts: Mapping[str, Any]) -> PlanDraft:
    draft.version += 1
    if draft.cost is None or draft.cost["done"] < draft.cost["of"]:
        # What is being counted is of the version before; it ends unseen.
        draft.cost, draft.cost_version = None, None
    return _stepped(by, draft, "change", kind, facts)


def _stepped(
    by: Actor, draft: PlanDraft, verb: str, kind: str, facts: Mapping[str, Any] | None = None
) -> PlanDraft:
    draft.state = DRAFT_STATES.next(DraftState(draft.state), verb).value
    draft.changed_at = now()
    draft.save()
    work_kinds.settled(draft)
    if verb == "submit":
        work_kinds.ask_to_decide(draft)
    elif verb == "return":
        work_kinds.ask_to_mend(draft)
    _record(by, kind, draft, facts or {})
    return draft


def _record(by: Actor, kind: str, draft: PlanDraft, facts: Mapping[str, Any]) -> None:
    record_act(
        by=by,
        kind=kind,
        file=file_ref(draft),
        facts={"plan": draft.code, "title": draft.title, "sha256": digest_of(draft.pack), **facts},
    )

"""Reads of drafts, scoped to the asking person."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.errors import NotFound
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.drafting.states import DraftState
from yaojian.oversight.plans.contracts import FIRST_ADOPTED_SEED
from yaojian.oversight.plans.facade import Plan, plans
from yaojian.oversight.plans.vocabulary import PACK_FOLDER, read_yaml

LOCK = 0x44524654
"""Two copies at once would both take the same number."""


def drafts_visible_to(actor: Actor) -> QuerySet[PlanDraft]:
    """The drafts for the actor's organ and those below it."""
    found = PlanDraft.objects.select_related("organ", "based_on", "drafted_by", "plan")
    return found.filter(organ__path__startswith=actor.organ_path)


def draft_visible_to(actor: Actor, pk: int, *, for_update: bool = False) -> PlanDraft:
    """One draft. Raises NotFound when there is none or it lies outside the actor's scope."""
    drafts = drafts_visible_to(actor)
    if for_update:
        drafts = drafts.select_for_update(of=("self",))
    draft = drafts.filter(pk=pk).first()
    if draft is None:
        raise NotFound(_("There is no such draft."), cure=_("Choose one in the list of drafts."))
    return draft


def pack_of(plan: Plan) -> dict[str, Any]:
    """The pack a plan was loaded from: its file, or the draft that was adopted. Raises NotFound."""
    draft = PlanDraft.objects.filter(plan=plan, state=DraftState.ADOPTED.value).first()
    if draft is not None:
        return dict(draft.pack)
    path = PACK_FOLDER / f"{plan.code}.yaml"
    if not path.is_file():
        raise NotFound(
            _("The pack of this plan is not on this machine."), cure=_("Copy another plan instead.")
        )
    return dict(read_yaml(path))


def free_seed() -> str:
    """The next number that no plan and no draft has, as three digits; kept until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    taken = {*plans().values_list("seed", flat=True)}
    taken |= set(PlanDraft.objects.values_list("pack__plan__seed", flat=True))
    number = max([int(FIRST_ADOPTED_SEED), *(int(seed) + 1 for seed in taken if seed.isdecimal())])
    return f"{number:03d}"

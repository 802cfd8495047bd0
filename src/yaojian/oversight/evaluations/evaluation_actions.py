"""Writes to evaluations: drafted by one person, frozen by another, unchangeable from then on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, check_may
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import Act, Ref, record_act, row_matches_canonical
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.evaluations import work_kinds
from yaojian.oversight.evaluations.content import (
    bytes_of,
    content_of,
    digest_of_draft,
    lines_of,
    tally_of,
    trends_of,
)
from yaojian.oversight.evaluations.contracts import EVALUATION_KIND, EVALUATION_NAMES, EvaluationKind
from yaojian.oversight.evaluations.models import Comment, Evaluation, Snapshot
from yaojian.oversight.evaluations.permissions import check_within, wrote
from yaojian.oversight.evaluations.queries import evaluation_visible_to, lock_organ
from yaojian.oversight.evaluations.states import EVALUATION_STATES, EvaluationState
from yaojian.oversight.plans.facade import Figure, plan_by_code

LONGEST = 4000


def file_ref(evaluation: Evaluation) -> Ref:
    """The pointer to an evaluation's file."""
    return Ref(EVALUATION_KIND, evaluation.pk)


@transaction.atomic
def draft_evaluation(
    *, by: Actor, plan_code: str, organ: Organ, kind: EvaluationKind, as_of: date, title: str = ""
) -> Evaluation:
    """Begin an evaluation of a plan for an organ on a day.

    Raises NotFound (plan), NotAllowed (organ), InvalidInput (a day to come, or before the plan), Conflict
    (there is one already).
    """
    check_may(by, Permission.EVALUATION_PREPARE)
    check_within(by, organ)
    plan = plan_by_code(plan_code)
    if not (organ.path or "").startswith(plan.organ.path or "-"):
        raise InvalidInput(
            _("The plan does not hold for this organ."),
            field="organ",
            cure=_("Choose the organ that owns the plan, or one below it."),
        )
    if as_of > today() or as_of.year < plan.start_year:
        raise InvalidInput(
            _("The day lies before the plan or in the future."),
            field="as_of",
            cure=_("Enter a day from the plan's first year up to today."),
        )
    lock_organ(organ.pk)
    same = Evaluation.objects.filter(kind=kind.value, plan_code=plan_code, organ=organ, as_of=as_of)
    if same.exclude(state=EvaluationState.DISCARDED.value).exists():
        raise Conflict(
            _("There is an evaluation of this kind for that day already."),
            field="as_of",
            cure=_("Go on with that one."),
        )
    with override(settings.LANGUAGE_CODE):
        # 2025年度评估, not 2025年年度评估
        kind_name = str(EVALUATION_NAMES[kind]).removeprefix("年")
    name = title.strip() or f"{plan.title}{as_of.year}年{kind_name}"
    evaluation = Evaluation.objects.create(
        kind=kind.value,
        plan_code=plan_code,
        organ=organ,
        as_of=as_of,
        title=name[:200],
        prepared_by_id=by.user_id,
        prepared_at=now(),
    )
    facts = {"plan": plan_code, "organ": organ.code, "day": as_of, "title": evaluation.title}
    record_act(by=by, kind="evaluation.drafted", file=file_ref(evaluation), facts=facts)
    return evaluation


def _advance(evaluation: Evaluation, verb: str) -> None:
    state = EvaluationState(evaluation.state)
    if state is EvaluationState.FROZEN:
        raise frozen()
    if state is EvaluationState.DISCARDED:
        raise Conflict(_("The evaluation was discarded."), cure=_("Begin a new one."))
    if not EVALUATION_STATES.permits(state, verb):
        raise Conflict(
            _("The evaluation has been handed in.")
            if state is EvaluationState.SUBMITTED
            else _("The evaluation has not been handed in."),
            cure=_("It is written in while it is a draft, and frozen once it was handed in."),
        )
    evaluation.state = EVALUATION_STATES.next(state, verb).value


def frozen() -> Conflict:
    """The refusal of any change to a frozen evaluation."""
    return Conflict(
        _("This evaluation is frozen and cannot be changed any more."),
        code="evaluation_frozen",
        cure=_(
            "Its content is recorded in the journal with its hash. Begin a new evaluation of a later day."
        ),
    )


class TextsDiffer(Conflict):
    """Somebody has written at the same places: `others` holds their texts by figure, or `summary`."""

    def __init__(self, others: Mapping[str, str]) -> None:
        super().__init__(
            _("Somebody has written at the same place since you opened the page."),
            cure=_("Their text stands beside yours. Bring both together, then keep it again."),
        )
        self.others = dict(others)


@transaction.atomic
def comment_evaluation(
    *,
    by: Actor,
    pk: int,
    summary: str,
    comments: Mapping[str, str],
    seen: Mapping[str, str] | None = None,
) -> Evaluation:
    """Write the conclusion and what is said of figures; an empty comment is removed.

    `seen` are the texts that stood there when the person began, by figure, or `summary`: only what differs
    from them is written. Raises NotFound, NotAllowed, Conflict (frozen; TextsDiffer), InvalidInput (too
    long; a figure of another plan).
    """
    check_may(by, Permission.EVALUATION_PREPARE)
    evaluation = evaluation_visible_to(by, pk, for_update=True)
    check_within(by, evaluation.organ)
    _advance(evaluation, "comment")
    for name, text in {"summary": summary, **comments}.items():
        if len(text) > LONGEST:
            raise InvalidInput(
                _("The text is longer than 4,000 characters."), field=name, cure=_("Shorten it.")
            )
    keys = set(Figure.objects.filter(row__plan__code=evaluation.plan_code).values_list("key", flat=True))
    if strange := set(comments) - keys:
        raise InvalidInput(
            _("The plan has no figure %(key)s.") % {"key": min(strange)[:20]},
            field="comments",
            cure=_("Reload the page."),
        )
    said = _to_write(evaluation, {"summary": summary, **comments}, seen)
    evaluation.summary = said.pop("summary", evaluation.summary)
    evaluation.save()
    Comment.objects.filter(evaluation=evaluation, figure_key__in=list(said)).delete()
    Comment.objects.bulk_create(
        [Comment(evaluation=evaluation, figure_key=key, text=text) for key, text in said.items() if text]
    )
    facts = {"count": sum(bool(text) for text in said.values())}
    record_act(by=by, kind="evaluation.commented", file=file_ref(evaluation), facts=facts)
    return evaluation


def _to_write(
    evaluation: Evaluation, given: Mapping[str, str], seen: Mapping[str, str] | None
) -> dict[str, str]:
    """What somebody has really changed. Raises TextsDiffer where another has done so meanwhile."""
    said = {name: plain(text) for name, text in given.items()}
    if seen is None:
        return said
    changed = {name: text for name, text in said.items() if text != plain(seen.get(name, ""))}
    present = dict(evaluation.comments.values_list("figure_key", "text"))
    present["summary"] = evaluation.summary
    others = {
        name: present.get(name, "")
        for name, text in changed.items()
        if plain(present.get(name, "")) not in (plain(seen.get(name, "")), text)
    }
    if others:
        raise TextsDiffer(others)
    return changed


def plain(text: str) -> str:
    """A text without what browsers do to the ends of lines."""
    return text.replace("\r\n", "\n").strip()


@transaction.atomic
def submit_evaluation(*, by: Actor, pk: int) -> Evaluation:
    """Hand an evaluation in to be frozen.

    Raises NotFound, NotAllowed, Conflict, InvalidInput (no conclusion).
    """
    check_may(by, Permission.EVALUATION_PREPARE)
    evaluation = evaluation_visible_to(by, pk, for_update=True)
    check_within(by, evaluation.organ)
    _advance(evaluation, "submit")
    _check_concluded(evaluation)
    evaluation.reason = ""
    evaluation.save()
    facts = {"title": evaluation.title}
    record_act(by=by, kind="evaluation.submitted", file=file_ref(evaluation), facts=facts)
    work_kinds.evaluation_submitted(evaluation)
    return evaluation


@transaction.atomic
def return_evaluation(*, by: Actor, pk: int, reason: str) -> Evaluation:
    """Give an evaluation back to be written on, or take it back.

    Raises NotFound, NotAllowed, Conflict, InvalidInput (no reason).
    """
    if not by.may(Permission.EVALUATION_DECIDE):
        check_may(by, Permission.EVALUATION_PREPARE)
    evaluation = evaluation_visible_to(by, pk, for_update=True)
    check_within(by, evaluation.organ)
    _advance(evaluation, "return")
    if not reason.strip():
        raise InvalidInput(_("Give the reason."), field="reason", cure=_("One sentence is enough."))
    evaluation.reason = reason.strip()[:300]
    evaluation.save()
    facts = {"title": evaluation.title, "reason": evaluation.reason}
    record_act(by=by, kind="evaluation.returned", file=file_ref(evaluation), facts=facts)
    work_kinds.evaluation_returned(evaluation)
    return evaluation


def _check_concluded(evaluation: Evaluation) -> None:
    if not evaluation.summary:
        raise InvalidInput(
            _("The evaluation has no conclusion yet."),
            field="summary",
            cure=_("Write the conclusion, then hand it in."),
        )


def freeze_evaluation(*, by: Actor, pk: int, shown: str | None = None) -> Snapshot:
    """Freeze an evaluation: its canonical content is kept, its SHA-256 goes into an act of the journal.

    All figures are counted anew; `shown` is the digest of what the person has read. Raises NotFound,
    NotAllowed (also who wrote in it), Conflict (frozen; not handed in; what was read differs).
    """
    check_may(by, Permission.EVALUATION_DECIDE)
    # Counted before the lock, so that a refusal leaves the exact values for the page that is read next.
    lines_of(evaluation_visible_to(by, pk), exact=True)
    return _freeze(by, pk, shown)


@transaction.atomic
def _freeze(by: Actor, pk: int, shown: str | None) -> Snapshot:
    evaluation = evaluation_visible_to(by, pk, for_update=True)
    check_within(by, evaluation.organ)
    if wrote(by, evaluation):
        raise NotAllowed(
            _("Who prepared an evaluation or wrote in it does not freeze it."),
            cure=_("Ask a second person who decides."),
        )
    _advance(evaluation, "freeze")
    plan = plan_by_code(evaluation.plan_code)
    lines = lines_of(evaluation, exact=True)
    if shown is not None and shown != digest_of_draft(evaluation, plan, lines):
        raise Conflict(
            _("Figures or texts have changed since you opened the page."),
            cure=_("Read them again on the page, then freeze."),
        )
    trends = [asdict(trend) for trend in trends_of(evaluation, lines)]
    content = bytes_of(content_of(evaluation, plan, lines, trends))
    sha256 = hashlib.sha256(content).hexdigest()
    tally = tally_of(lines)
    act = record_act(
        by=by,
        kind="evaluation.frozen",
        file=file_ref(evaluation),
        facts={
            "plan": plan.code,
            "organ": evaluation.organ.code,
            "day": evaluation.as_of,
            "title": evaluation.title,
            "sha256": sha256,
            "count": len(lines),
            "figures_met": tally.met,
            "figures_missed": tally.missed,
        },
    )
    evaluation.save()
    work_kinds.evaluation_settled(evaluation)
    return Snapshot.objects.create(
        evaluation=evaluation,
        content=content,
        sha256=sha256,
        act=act.uid,
        frozen_by_id=by.user_id,
        frozen_at=now(),
    )


@transaction.atomic
def discard_evaluation(*, by: Actor, pk: int) -> Evaluation:
    """Give up a draft. Raises NotFound, NotAllowed, Conflict (frozen)."""
    check_may(by, Permission.EVALUATION_PREPARE)
    evaluation = evaluation_visible_to(by, pk, for_update=True)
    check_within(by, evaluation.organ)
    _advance(evaluation, "discard")
    evaluation.save()
    work_kinds.evaluation_settled(evaluation)
    record_act(
        by=by, kind="evaluation.discarded", file=file_ref(evaluation), facts={"title": evaluation.title}
    )
    return evaluation


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a snapshot is what was frozen: its bytes have its hash, the act says so and is unaltered."""

    content_matches: bool
    act_matches: bool
    act_unaltered: bool
    act: Act | None

    @property
    def is_sound(self) -> bool:
        """Whether everything agrees."""
        return self.content_matches and self.act_matches and self.act_unaltered


def verify_snapshot(snapshot: Snapshot) -> Verdict:
    """Compute the hash anew and hold it against the act."""
    computed = hashlib.sha256(bytes(snapshot.content)).hexdigest()
    act = Act.objects.filter(uid=snapshot.act).first()
    return Verdict(
        content_matches=computed == snapshot.sha256,
        act_matches=act is not None and act.facts.get("sha256") == computed,
        act_unaltered=act is not None and row_matches_canonical(act),
        act=act,
    )


def frozen_content(snapshot: Snapshot) -> dict[str, Any]:
    """What was frozen."""
    content: dict[str, Any] = json.loads(bytes(snapshot.content))
    return content

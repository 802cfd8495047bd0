"""Every read of the room, scoped to who asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Width, visible_q, width_q
from yaojian.foundation.copying import is_any_of
from yaojian.foundation.errors import NotFound
from yaojian.foundation.kept.facade import kept_rows
from yaojian.foundation.periods import ONE_DAY, in_force_q
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Subject, SubjectFilter
from yaojian.registers.enterprises.facade import matching as matching_subjects
from yaojian.registers.licences.models import NEVER, Licence, LicenceVersion
from yaojian.registers.licences.numbers import plain_number
from yaojian.registers.licences.states import CALENDAR_VERBS, ENDED, LICENCE_STATES, LicenceState, state_on

_ENDED = [state.value for state in ENDED]
SHORTEST_NUMBER = 3
MOST_KEYS = 20_000
LAST_DAY = Coalesce("valid_to", Value(NEVER))


@dataclass(frozen=True, slots=True)
class LicenceFilter:
    """What the list is narrowed to; empty fields do not narrow. `ends_within`: days from then on."""

    text: str = ""
    kind: str = ""
    state: str = ""
    ends_within: int = 0


def in_state_q(day: date, *states: LicenceState, kept: str = "state", since: str = "state_since") -> Q:
    """Licences in any of some states on a day, as `states.state_on` has it.

    `kept` and `since` name the columns that hold what is written down for that day; the newest entry by
    default, which is right for today and later.
    """
    ended = Q(**{f"{kept}__in": _ENDED, f"{since}__lte": day})
    # In the words of the index by which lists are ordered, so that a list begins where these begin.
    running = ~ended & Q(valid_from__lte=day) & Q(GreaterThanOrEqual(LAST_DAY, day))
    suspended = Q(**{kept: LicenceState.SUSPENDED.value, f"{since}__lte": day})
    conditions = {
        LicenceState.ISSUED: ~ended & Q(valid_from__gt=day),
        LicenceState.IN_FORCE: running & ~suspended,
        LicenceState.SUSPENDED: running & suspended,
        LicenceState.EXPIRED: ~ended & Q(valid_from__lte=day, valid_to__lt=day),
        **{state: Q(**{kept: state.value, f"{since}__lte": day}) for state in ENDED},
    }
    wanted = Q(pk__in=[])
    for state in states:
        wanted |= conditions[state]
    return wanted


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The licences of a day, and the names of the columns that say their state on it."""

    licences: QuerySet[Licence]
    day: date
    kept: str = "state"
    since: str = "state_since"

    def in_states(self, *states: LicenceState) -> Q:
        """The condition that a licence is in one of some states on the day."""
        return in_state_q(self.day, *states, kept=self.kept, since=self.since)

    def narrowed(self, condition: Q) -> Snapshot:
        """The same with fewer licences."""
        return replace(self, licences=self.licences.filter(condition))


def licences_visible_to(actor: Actor) -> QuerySet[Licence]:
    """The licences of the subjects that the actor may see."""
    return Licence.objects.filter(visible_q(actor, "organ"))


def licences_within(actor: Actor, width: Width) -> QuerySet[Licence]:
    """Visible licences of the actor's own organ, of those below it too, or of the whole area."""
    return Licence.objects.filter(width_q(actor, width, "organ"))


def snapshot(licences: QuerySet[Licence], day: date) -> Snapshot:
    """Licences as they stood on a day: those issued by then, with what was written down for it."""
    if day >= today():
        return Snapshot(licences, day)
    known = licences.filter(Q(issued_on__lte=day) | Q(valid_from__lte=day)).annotate(
        stood=FilteredRelation("history", condition=in_force_q(day, "history__")),
        kept_then=Coalesce("stood__state", Value(LicenceState.IN_FORCE.value)),
        since_then=Coalesce("stood__valid_from", "issued_on"),
    )
    return Snapshot(known, day, "kept_then", "since_then")


def having_text(found: Snapshot, text: str) -> Snapshot:
    """A snapshot narrowed to what has the text in its number, or whose holder is found by it.

    Unless they are very many, the keys are looked up now: a list asks for them several times.
    """
    if not (text := text.strip()):
        return found
    keyed = _having_text(text)
    keys = [key for (key,) in keyed[: MOST_KEYS + 1]]
    return found.narrowed(
        Q(pk__in=keyed) if len(keys) > MOST_KEYS else is_any_of("id", keys, BigIntegerField())
    )


def matching(found: Snapshot, wanted: LicenceFilter) -> Snapshot:
    """A snapshot narrowed by words and facets."""
    found = having_text(found, wanted.text)
    if wanted.kind:
        found = found.narrowed(Q(kind=wanted.kind))
    if wanted.ends_within:
        last = found.day + timedelta(days=wanted.ends_within)
        running = found.in_states(LicenceState.IN_FORCE, LicenceState.SUSPENDED)
        found = found.narrowed(running & Q(valid_to__range=(found.day, last)))
    if wanted.state:
        found = found.narrowed(found.in_states(LicenceState(wanted.state)))
    return found


def _having_text(text: str) -> QuerySet[Licence, tuple[int]]:
    """Keys of licences whose number has the text in it, or whose holder is found by it: each by its index."""
    holders = matching_subjects(Subject.objects.all(), SubjectFilter(text=text, status="all"))
    licences = Licence.objects.order_by().values_list("pk")
    by_holder = licences.filter(subject__in=holders.order_by().values("pk"))
    number = plain_number(text)
    if len(number) < SHORTEST_NUMBER:
        return by_holder
    return licences.filter(number__contains=number).union(by_holder)


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """For each facet, what choosing one of its values would leave, given all other filters; and all found."""

    kinds: dict[str, int]
    states: dict[str, int]
    total: int


def facet_counts(found: Snapshot, wanted: LicenceFilter) -> FacetCounts:
    """The counts beside the facets of a list (one query)."""
    base = matching(found, replace(wanted, kind="", state=""))
    day, since = base.day, base.since
    rows = (
        base.licences.order_by()
        .annotate(
            is_since=_truth(Q(**{f"{since}__lte": day})),
            is_ahead=_truth(Q(valid_from__gt=day)),
            is_over=_truth(Q(LessThan(LAST_DAY, day))),
        )
        .values_list("kind", base.kept, "is_since", "is_ahead", "is_over")
        .annotate(n=Count("pk"))
    )
    kinds: Counter[str] = Counter()
    states: Counter[str] = Counter()
    total = 0
    for kind, kept, is_since, is_ahead, is_over, n in kept_rows(rows):
        stands = state_on(
            day,
            LicenceState(kept),
            day if is_since else day + ONE_DAY,
            day + ONE_DAY if is_ahead else day,
            day - ONE_DAY if is_over else None,
        )
        is_of_state, is_of_kind = wanted.state in ("", stands), wanted.kind in ("", kind)
        kinds[kind] += n if is_of_state else 0
        states[stands.value] += n if is_of_kind else 0
        total += n if is_of_state and is_of_kind else 0
    return FacetCounts({kind: n for kind, n in kinds.most_common() if n}, dict(states), total)


def _truth(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def states_of(licences: list[Licence], day: date) -> dict[int, LicenceState]:
    """The states of some licences on a day (no query for today, one for the past)."""
    if day >= today():
        return {licence.pk: licence.state_as_of(day) for licence in licences}
    rows = (
        Licence.objects.filter(pk__in=[licence.pk for licence in licences])
        .filter(in_force_q(day, "history__"))
        .values_list("pk", "history__state", "history__valid_from")
    )
    then = {pk: (LicenceState(state), since) for pk, state, since in rows}
    return {
        licence.pk: state_on(
            day, *then.get(licence.pk, (LicenceState.IN_FORCE, day)), licence.valid_from, licence.valid_to
        )
        for licence in licences
    }


def licence_visible_to(actor: Actor, licence_id: int, *, for_update: bool = False) -> Licence:
    """One licence with its subject. Raises NotFound when it is not there or out of the actor's scope."""
    licences = licences_visible_to(actor).select_related("subject__responsible_organ", "renews", "renewed_by")
    if for_update:
        licences = licences.select_for_update(of=("self",))
    licence = licences.filter(pk=licence_id).first()
    if licence is None:
        raise NotFound(
            _("There is no such licence in your area."),
            cure=_("Look for it by its number or its holder in the list of licences."),
        )
    return licence


def version_among(newest_first: Sequence[LicenceVersion], day: date) -> LicenceVersion:
    """Which of a licence's versions holds on a day; before its first day the first."""
    return next((one for one in newest_first if one.valid_from <= day), newest_first[-1])


def renewal_of(licence: Licence, day: date) -> Licence | None:
    """The next term of a licence, where one had been issued by a day."""
    later: Licence | None = getattr(licence, "renewed_by", None)
    return later if later is not None and later.issued_on <= day else None


def versions_on(licence_ids: Iterable[int], day: date) -> dict[int, LicenceVersion]:
    """What licences said on a day, by licence (one query); those without a version for it are left out."""
    found = LicenceVersion.objects.filter(in_force_q(day), licence__in=list(licence_ids))
    return {version.licence_id: version for version in found}


def version_on(licence: Licence, day: date | None) -> LicenceVersion:
    """What a licence says on a day (None: by its newest version); before its first day the first version."""
    versions = licence.versions.order_by("-valid_from")
    found = versions.first() if day is None else versions.filter(valid_from__lte=day).first()
    return found or versions.reverse()[0]


def verbs_open(licence: Licence) -> tuple[str, ...]:
    """What an officer can do with a licence as it stands today; nothing while its next term is waiting."""
    if licence.state_since > today():
        return ()
    verbs = LICENCE_STATES.verbs(licence.state_today())
    return tuple(verb for verb in verbs if verb not in CALENDAR_VERBS)


def licences_of_subject(subject_id: int, day: date) -> QuerySet[Licence]:
    """The licences of a subject the caller has already been let see, issued by a day, the newest first."""
    issued = Q(issued_on__lte=day) | Q(valid_from__lte=day)
    return Licence.objects.filter(issued, subject_id=subject_id).order_by(
        F("valid_to").desc(nulls_first=True), "-valid_from", "id"
    )


@dataclass(frozen=True, slots=True)
class LicenceCount:
    """How many licences and filings a subject was given, and how many of them are in force."""

    known: int = 0
    in_force: int = 0


def counts_by_subject(subject_ids: Collection[int], day: date) -> dict[int, LicenceCount]:
    """For subjects the caller has already been let see, their licences on a day (one query); all keys."""
    found = snapshot(Licence.objects.filter(subject_id__in=list(subject_ids)), day)
    in_force = found.in_states(LicenceState.IN_FORCE)
    rows = (
        found.licences.order_by()
        .values_list("subject_id")
        .annotate(n=Count("pk"), k=Count("pk", filter=in_force))
    )
    counted = {key: LicenceCount(known, held) for key, known, held in rows}
    return {key: counted.get(key, LicenceCount()) for key in subject_ids}


def public_licences(text: str, limit: int = 20) -> list[Licence]:
    """The licences with exactly this number, for the public, the newest first; one more than `limit`."""
    number = plain_number(text)
    if len(number) < SHORTEST_NUMBER:
        return []
    found = Licence.objects.select_related("subject").filter(number=number)
    return list(found.order_by("-valid_from", "id")[: limit + 1])

"""Whose rows an acting person may read, as conditions that cost next to nothing per row.

Two things open a row: its organ is the actor's own or one below it, or the row lies on the actor's land and
its organ belongs to the actor's own tree. Agreements open, for reading, what organs of another tree (or of
another branch of the same one) answer for. Which organs that means is looked up once per actor; then the
conditions compare keys with constants and join nothing. `tests/reference_scope.py` is the slow, obvious twin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import JSONObject

from yaojian.foundation.accounts.contracts import Actor, Level, Shared, Width
from yaojian.foundation.accounts.models import Organ, SharingAgreement
from yaojian.foundation.kept.facade import kept_while
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import today

_KEYS = ArrayField(BigIntegerField())
TABLES = ("accounts_organ", "accounts_sharingagreement")
"""What a scope is read from, beside the actor."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one agreement opens to the actor: rows of some organs, on some land (None: wherever they lie)."""

    organs: tuple[int, ...]
    shares: frozenset[str]
    land: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The organs an actor's reading is decided by, as keys."""

    own: tuple[int, ...]
    """The actor's organ and those below."""
    beside: tuple[int, ...]
    """The other organs of the same tree: their rows are visible on the actor's land."""
    foreign: tuple[int, ...]
    """Organs of other trees."""
    grants: tuple[Grant, ...] = ()


def scope_of_actor(actor: Actor) -> Scope:
    """The actor's scope today; kept until organs or agreements change, else looked up with one query."""
    day = today()
    remembered = actor.memo.get("scope")
    if remembered is None or remembered[0] != day:
        whose = (actor.organ_path, actor.organ_id, actor.organ_tree, actor.territories, actor.takes_shares)
        scope = kept_while(TABLES, f"scope {whose!r} {day}", lambda: _look_up(actor, day))
        remembered = actor.memo["scope"] = (day, scope)
    found: Scope = remembered[1]
    return found


def _look_up(actor: Actor, day: date) -> Scope:
    organs = Organ.objects.order_by()
    own = Q(path__startswith=actor.organ_path)
    same_tree = Q(tree=actor.organ_tree.value)
    found = organs.filter(pk=actor.organ_id).values(
        own=_keys_of(organs.filter(own)),
        beside=_keys_of(organs.filter(same_tree & ~own)),
        foreign=_keys_of(organs.filter(~same_tree & ~own)),
        agreements=_agreements(actor, day),
    )[0]
    grants = tuple(_grants(actor, found["agreements"])) if actor.takes_shares else ()
    return Scope(tuple(found["own"]), tuple(found["beside"]), tuple(found["foreign"]), grants)


def _keys_of(organs: QuerySet[Organ]) -> ArraySubquery:
    return ArraySubquery(organs.order_by("pk").values("pk"))


def _agreements(actor: Actor, day: date) -> ArraySubquery:
    """The agreements in force that open something to the actor's organ or one above it, as JSON."""
    steps = actor.organ_path.split(".")[:-1]
    line = [".".join(steps[: n + 1]) + "." for n in range(len(steps))]
    given = Organ.objects.filter(path__startswith=OuterRef("giver__path")).order_by()
    agreements = SharingAgreement.objects.filter(in_force_q(day), taker__path__in=line).order_by("pk")
    said = JSONObject(organs=_keys_of(given), shares="shares", territories="territories", taker="taker_id")
    return ArraySubquery(agreements.values(said=said))


def _grants(actor: Actor, agreements: Iterable[Mapping[str, Any]]) -> Iterable[Grant]:
    """What agreements open: all of it to those in the taking organ; below it, what lies on their own land."""
    for agreement in agreements:
        land = tuple(agreement["territories"]) or None
        if agreement["taker"] != actor.organ_id:
            land = actor.territories if land is None else overlap(land, actor.territories)
        yield Grant(tuple(agreement["organs"]), frozenset(agreement["shares"]), land)


def overlap(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """The land that two lists of territories have in common; of two that contain one another, the smaller."""
    others = tuple(other)
    common = {max(a, b, key=len) for a in one for b in others if a.startswith(b) or b.startswith(a)}
    return tuple(sorted(common))


class AmongOrgans(Func):
    """`column = ANY(keys)`: one hashed constant instead of a join or of a thousand parameters."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, field: str, keys: Sequence[int]) -> None:
        super().__init__(F(f"{field}_id"), Value(list(keys), _KEYS))


class NotAmongOrgans(AmongOrgans):
    """`column <> ALL(keys)`: the same for those who may see nearly everything."""

    arg_joiner = " <> ALL("


MOST_RUNS = 4
"""Up to so many ranges of keys are compared one by one; beyond that a hashed list is cheaper."""


def runs(keys: Iterable[int], others: Iterable[int]) -> list[tuple[int, int]]:
    """`keys` as ranges (first, last) that hold none of the `others`.

    Organs entered together have neighbouring keys, so that a province of a thousand organs is a range or two.
    """
    wanted = set(keys)
    found: list[tuple[int, int]] = []
    goes_on = False
    for key in sorted(wanted | set(others)):
        if key in wanted:
            found[-1:] = [(found[-1][0], key)] if goes_on else [*found[-1:], (key, key)]
        goes_on = key in wanted
    return found


def _in_ranges(field: str, ranges: Iterable[tuple[int, int]]) -> Q:
    condition, column = Q(pk__in=[]), f"{field}_id"
    for first, last in ranges:
        bounds = {column: first} if first == last else {f"{column}__gte": first, f"{column}__lte": last}
        condition |= Q(**bounds)
    return condition


def _organ_in(field: str, keys: Sequence[int], others: Sequence[int]) -> Q:
    """Rows of the organs `keys`, where `others` are all that remain, in the words that cost least."""
    if not others:
        return Q(Value(True, BooleanField()))
    if len(ranges := runs(keys, others)) <= MOST_RUNS:
        return _in_ranges(field, ranges)
    if len(others) < len(keys):
        return Q(NotAmongOrgans(field, others))
    return Q(AmongOrgans(field, keys))


def territory_q(territories: Iterable[str], field: str = "division_code") -> Q:
    """Rows that lie on any of the territories (prefixes of division codes); none for no territory."""
    condition = Q(pk__in=[])
    for prefix in territories:
        condition |= Q(**{f"{field}__startswith": prefix})
    return condition


def responsibility_q(organ_path: str, field: str = "responsible_organ") -> Q:
    """Rows for which the organ at `organ_path` or one below it is responsible."""
    below = Organ.objects.filter(path__startswith=organ_path).order_by()
    return Q(**{f"{field}__in": below.values("pk")})


def organ_land_q(
    organ: Organ, organ_field: str = "responsible_organ", division_field: str = "division_code"
) -> Q:
    """Rows on an organ's land, as far as organs of its own tree answer for them."""
    foreign = Organ.objects.exclude(tree=organ.tree).order_by()
    return territory_q(organ.territories, division_field) & ~Q(**{f"{organ_field}__in": foreign.values("pk")})


def mine_q(actor: Actor, organ_field: str = "responsible_organ") -> Q:
    """Rows for which the actor's own organ is responsible itself."""
    return Q(**{f"{organ_field}_id": actor.organ_id})


def subtree_q(actor: Actor, organ_field: str = "responsible_organ") -> Q:
    """Rows of the actor's own organ and of those below it."""
    scope = scope_of_actor(actor)
    return _organ_in(organ_field, scope.own, [*scope.beside, *scope.foreign])


def land_q(actor: Actor, organ_field: str = "responsible_organ", division_field: str = "division_code") -> Q:
    """Rows on the actor's land, as far as organs of the actor's own tree answer for them."""
    scope = scope_of_actor(actor)
    return territory_q(actor.territories, division_field) & _organ_in(
        organ_field, [*scope.own, *scope.beside], scope.foreign
    )


def visible_q(
    actor: Actor,
    organ_field: str = "responsible_organ",
    division_field: str = "division_code",
    shared: Shared = Shared.REGISTER,
) -> Q:
    """What `actor` may read; `shared` says which part of an agreement opens the rows asked for.

    `organ_field` is a foreign key that is never empty; both fields may reach through relations.
    """
    scope = scope_of_actor(actor)
    condition = subtree_q(actor, organ_field)
    if scope.beside:
        beside = _organ_in(organ_field, scope.beside, [*scope.own, *scope.foreign])
        condition |= territory_q(actor.territories, division_field) & beside
    for grant in scope.grants:
        if shared.value in grant.shares:
            opened = Q(AmongOrgans(organ_field, grant.organs))  # of few organs, and rarely more than one
            condition |= opened if grant.land is None else opened & territory_q(grant.land, division_field)
    return condition


def all_files_open(actor: Actor) -> bool:
    """Whether `actor` reads the files of all that they see: no agreement opens the register alone to them."""
    grants = scope_of_actor(actor).grants
    return all(Shared.FILES.value in grant.shares for grant in grants)


def default_width(actor: Actor) -> Width:
    """How wide a list looks when nobody asks: at what is one's own; a township's own is its land."""
    return Width.AREA if actor.organ_level is Level.TOWNSHIP else Width.MINE


def widths_open_to(actor: Actor) -> tuple[Width, ...]:
    """The widths an actor may choose from, the narrowest first."""
    if actor.organ_level is Level.TOWNSHIP:
        return (Width.AREA,)
    return tuple(Width) if actor.sees_subordinates else (Width.MINE, Width.AREA)


def width_q(
    actor: Actor,
    width: Width,
    organ_field: str = "responsible_organ",
    division_field: str = "division_code",
    shared: Shared = Shared.REGISTER,
) -> Q:
    """Rows within a width; never more than `visible_q` opens."""
    match width:
        case Width.MINE:
            return mine_q(actor, organ_field)
        case Width.BELOW:
            return subtree_q(actor, organ_field)
        case Width.AREA:
            return visible_q(actor, organ_field, division_field, shared)

"""The scope engine finds exactly what the slow, obvious reference finds, on generated trees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reference_scope import Office, Paper, Shop, may_see
from yaojian.foundation.accounts.facade import (
    Actor,
    Level,
    Organ,
    Role,
    Shared,
    SharingAgreement,
    Tree,
    Width,
    visible_q,
    width_q,
)
from yaojian.foundation.accounts.scope import runs
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Subject

CODES = ["65", "6523", "652325", "652325100", "652301", "6505", "650521", "64", "6401"]
PLACES = ["652325100", "652325101", "652301001", "650521100", "640104", "652325"]
LAND = st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple)
YESTERDAY = -timedelta(days=1)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, Office], list[Paper], list[Shop]]:
    """Organs in one or two trees, agreements between them, and subjects."""
    count = draw(st.integers(2, 7))
    offices: dict[str, Office] = {}
    for n in range(count):
        above = draw(st.sampled_from([None, *offices])) if n else None
        tree = draw(st.sampled_from(["government", "xpcc"]))
        offices[f"o{n}"] = Office(above, tree, draw(LAND))
    pairs = [(a, b) for a in offices for b in offices if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True))
    papers = [
        Paper(
            giver,
            taker,
            draw(st.sampled_from([("register",), ("files",), ("files", "register")])),
            draw(LAND),
        )
        for giver, taker in chosen
    ]
    shop = st.builds(Shop, st.sampled_from(sorted(offices)), st.sampled_from(PLACES))
    return offices, papers, draw(st.lists(shop, min_size=1, max_size=12))


def build(offices: dict[str, Office], papers: list[Paper]) -> dict[str, Organ]:
    """The same organs and agreements in the database, and an ended agreement for each that runs."""
    organs: dict[str, Organ] = {}
    for code, office in offices.items():
        parent = organs.get(office.parent or "")
        organ = Organ.objects.create(
            code=code,
            name=code,
            level=Level.COUNTY.value,
            parent=parent,
            territories=list(office.territories),
            tree=parent.tree if parent else office.tree,
        )
        organ.path = f"{parent.path if parent else ''}{organ.pk}."
        organ.save()
        organs[code] = organ
    for paper in papers:
        terms: dict[str, Any] = {"giver": organs[paper.giver], "taker": organs[paper.taker], "document": "x"}
        SharingAgreement.objects.create(
            **terms, shares=list(paper.shares), territories=list(paper.territories), valid_from=today()
        )
        SharingAgreement.objects.create(
            **terms, shares=["files", "register"], valid_from=date(2020, 1, 1), valid_to=today() + YESTERDAY
        )
    return organs


def acting_in(organ: Organ, role: Role) -> Actor:
    return Actor(
        user_id=1,
        username="x",
        display_name="x",
        organ_id=organ.pk,
        organ_code=organ.code,
        organ_name=organ.name,
        organ_path=organ.path or "",
        organ_level=Level(organ.level),
        territories=tuple(organ.territories),
        role=role,
        organ_tree=Tree(organ.tree),
    )


@given(st.sets(st.integers(1, 40)), st.sets(st.integers(1, 40)))
def test_ranges_hold_the_keys_and_none_of_the_others(keys: set[int], others: set[int]) -> None:
    others -= keys
    ranges = runs(keys, others)
    held = {key for first, last in ranges for key in range(first, last + 1)}
    assert keys <= held
    assert not others & held
    assert ranges == sorted(ranges)
    for (_first, last), (first, _last) in pairwise(ranges):
        assert any(last < other < first for other in others)


def codes_of(condition: Q) -> set[str]:
    return set(Subject.objects.filter(condition).values_list("code", flat=True))


@pytest.mark.django_db
@given(worlds(), st.sampled_from([Role.INSPECTOR, Role.GUEST]))
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_engine_agrees_with_the_reference(
    world: tuple[dict[str, Office], list[Paper], list[Shop]], role: Role
) -> None:
    offices, papers, shops = world
    with transaction.atomic():
        organs = build(offices, papers)
        Subject.objects.bulk_create(
            Subject(
                code=f"S{n}",
                name=f"S{n}",
                subject_type="clinic",
                responsible_organ=organs[shop.organ],
                division_code=shop.division,
                opened_on=date(2020, 1, 1),
                in_force_from=date(2020, 1, 1),
            )
            for n, shop in enumerate(shops)
        )
        for me, organ in organs.items():
            actor = acting_in(organ, role)
            for shared in Shared:
                found = codes_of(visible_q(actor, shared=shared))
                expected = {
                    f"S{n}"
                    for n, shop in enumerate(shops)
                    if may_see(offices, papers, me, shop, shared.value, actor.takes_shares)
                }
                assert found == expected, (me, shared)
            widths = [codes_of(width_q(actor, width)) for width in Width]
            assert widths[0] <= widths[1] <= widths[2]
            assert widths[0] == {f"S{n}" for n, shop in enumerate(shops) if shop.organ == me}
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_scope_is_looked_up_once_per_actor(django_assert_num_queries: Any) -> None:
    organs = build({"o0": Office(None, "government", ("65",)), "o1": Office(None, "xpcc", ("65",))}, [])
    actor = acting_in(organs["o0"], Role.LEADER)
    with django_assert_num_queries(2):  # whether something has changed, organs and agreements
        visible_q(actor)
    with django_assert_num_queries(0):
        visible_q(actor, shared=Shared.FILES)
    other = replace(actor, organ_id=organs["o1"].pk, organ_path=organs["o1"].path or "", organ_tree=Tree.XPCC)
    with django_assert_num_queries(2):
        visible_q(other)

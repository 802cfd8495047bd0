"""The simulated world in the database: figures equal the truth file, and the product can go on from there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from yaojian.casework.inspections.actions import open_inspection
from yaojian.casework.inspections.facade import InspectionKind, inspections_visible_to
from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.accounts.facade import Actor, actor_of, officers_for_inspections, principals_of
from yaojian.foundation.accounts.sign_in import authenticate
from yaojian.foundation.ledger.facade import Act, altered_acts
from yaojian.foundation.timekeeping import held_at
from yaojian.foundation.worklist.facade import Whose, WorkItem, items_visible_to, narrowed_to
from yaojian.oversight.plans.drilldown import groups
from yaojian.oversight.plans.facade import figures_in_plan, figures_of, load_packs, plan_by_code
from yaojian.oversight.plans.queries import figure_by_key
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.enterprises.models import DuplicatePair, Merge
from yaojian.registers.people.facade import pharmacies_without_pharmacist, suspected_visible_to
from yaojian.simulator.loader import Loaded, load_world, moment_of_loading
from yaojian.simulator.tests.worlds import AS_OF, world_on

DEMO_USERS = {
    *("admin", "juzhang", "guihua", "kezhang", "changji", "barkol", "kuisu"),
    *("anquan", "dangan", "jianyan", "shenpi", "tousu", "yuanjiang"),
}


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """A world loaded once for all tests of this module, and taken back at the end."""
    folder = override_settings(DOCUMENTS_FOLDER=tmp_path_factory.mktemp("data") / "documents")
    clock = held_at(moment_of_loading(AS_OF))
    with folder, clock, django_db_blocker.unblock(), transaction.atomic():
        load_reference_packs()
        load_packs()
        result = load_world(world_on(AS_OF), lambda name, count: None)
        assert result is not None
        yield result
        transaction.set_rollback(True)


def _actor(username: str) -> Actor:
    actor = actor_of(get_user_model().objects.get(username=username))
    assert actor is not None
    return actor


def test_figures_equal_the_truth(loaded: Loaded) -> None:
    truth = json.loads(loaded.truth.read_text())
    assert {figure["key"][:3] for figure in truth["figures"]} == {"002", "003"}
    for plan, prefix in (("changji", "002"), ("barkol", "003")):
        figures = figures_of(plan, AS_OF)
        expected = {f["key"]: f for f in truth["figures"] if f["key"].startswith(prefix)}
        over_acts = {f.key for f in figures_in_plan(plan_by_code(plan)) if (f.formula or {}).get("act")}
        assert over_acts == expected.keys()
        for key, wanted in expected.items():
            value = figures[key]
            excluded = {reason: n for reason, n in wanted["excluded"].items() if n}
            assert (value.numerator, value.denominator) == (wanted["numerator"], wanted["denominator"]), key
            assert str(value.percent) == wanted["percent"], key
            assert {reason.value: n for reason, n in value.excluded.items()} == excluded, key


def test_the_subjects_behind_each_figure_are_the_true_ones(loaded: Loaded) -> None:
    for wanted in json.loads(loaded.truth.read_text())["figures"]:
        figure = figure_by_key(wanted["key"])
        reached = next(g for g in groups(figure, figure.row.plan.organ, AS_OF) if g.code == "reached")
        codes = "\n".join(sorted(reached.subjects.values_list("code", flat=True)))
        assert hashlib.sha256(codes.encode()).hexdigest() == wanted["numerator_codes_sha256"], wanted["key"]


def test_lent_certificates_and_bare_pharmacies_are_the_true_ones(loaded: Loaded) -> None:
    truth = json.loads(loaded.truth.read_text())
    assert truth["lent_certificates"]
    assert truth["pharmacies_without_pharmacist"]
    everybody = _actor("juzhang")
    suspected = suspected_visible_to(everybody, AS_OF).values_list("registration_no", flat=True)
    assert sorted(suspected) == truth["lent_certificates"]
    bare = pharmacies_without_pharmacist(everybody, AS_OF).values_list("code", flat=True)
    assert sorted(bare) == truth["pharmacies_without_pharmacist"]


def test_everything_arrives(loaded: Loaded) -> None:
    world = world_on(AS_OF)
    assert len(world.subjects) == loaded.counts["subjects"]
    beside = loaded.counts["neighbours"] + loaded.counts["twins"]
    assert Subject.objects.count() == len(world.subjects) + beside
    assert loaded.counts["inspections"] == len(world.inspections)
    assert Act.objects.filter(kind="inspection.concluded").count() == sum(
        1 for inspection in world.inspections if inspection.concluded_at
    )
    assert Act.objects.filter(kind="rectification.verified").count() == sum(
        1 for i in world.inspections for r in i.rounds if r.outcome == "verified"
    )


def test_acts_say_what_their_bytes_say(loaded: Loaded) -> None:
    acts = list(Act.objects.filter(file_kind="inspections.inspection").order_by("id")[:500])
    assert altered_acts(acts) == []
    recorded = [act.recorded_at for act in acts]
    assert recorded == sorted(recorded)


def test_the_changji_officer_finds_overdue_pharmacies(loaded: Loaded) -> None:
    officer = _actor("changji")
    mine = narrowed_to(items_visible_to(officer), officer, Whose.MINE).filter(due_on__lt=AS_OF)
    types = set(
        Subject.objects.filter(pk__in=mine.values("subject_id")).values_list("subject_type", flat=True)
    )
    assert loaded.counts["assigned"] >= 5
    assert types <= {"chain_store", "single_pharmacy", "cosmetic_operator", "device_producer_1"}
    assert types & {"chain_store", "single_pharmacy"}


def test_pairs_and_work_between_colleagues_show_life(loaded: Loaded) -> None:
    pairs = DuplicatePair.objects.order_by("state").values_list("state", flat=True)
    assert list(pairs) == ["apart", "merged", "open", "open", "open"]
    kept = Merge.objects.get().kept
    assert kept.licence_no == "PDY90000165230217D2112"
    assert principals_of(_actor("changji"))
    assert loaded.counts["moved"] == 4
    assert WorkItem.objects.filter(state="returned", assignee__username="kezhang").count() == 1


def test_numbers_go_on(loaded: Loaded) -> None:
    """A new inspection takes the next number of its organ's series."""
    officer = _actor("barkol")
    numbers = inspections_visible_to(officer).filter(organ_id=officer.organ_id)
    mark = f"巴里坤县市监检〔{AS_OF.year}〕"
    given = [n for n in numbers.values_list("number", flat=True) if n.startswith(mark)]
    last = max(int(n.removeprefix(mark).removesuffix("号")) for n in given)
    colleague = officers_for_inspections(officer).exclude(user_id=officer.user_id).first()
    subject = Subject.objects.filter(division_code__startswith="650521", subject_type="clinic").first()
    assert colleague is not None
    assert subject is not None
    with held_at(moment_of_loading(AS_OF)):
        opened = open_inspection(
            by=officer,
            subject_id=subject.pk,
            kind=InspectionKind.ROUTINE,
            officer_ids=[officer.user_id, colleague.user_id],
            lead_id=officer.user_id,
        )
    assert opened.number == f"{mark}{last + 1}号"


def test_demo_accounts_let_their_readers_in(loaded: Loaded) -> None:
    out = StringIO()
    call_command("demo_accounts", "--json", stdout=out)
    accounts = json.loads(out.getvalue())
    assert {a["username"] for a in accounts} == DEMO_USERS
    for account in accounts:
        assert authenticate(account["username"], account["password"]).display_name == account["name"]
        assert account["role"]
        assert account["organ"]


def test_nobody_else_can_sign_in(loaded: Loaded) -> None:
    others = get_user_model().objects.exclude(username__in=DEMO_USERS)
    assert others.count() > 40
    assert not any(user.has_usable_password() for user in others)


def test_only_an_empty_register_is_filled(loaded: Loaded) -> None:
    before = Act.objects.count()
    out = StringIO()
    call_command("simulate", "--if-empty", stdout=out)
    assert Act.objects.count() == before
    with pytest.raises(CommandError, match="--if-empty"):
        call_command("simulate", stdout=out)
    assert load_world(world_on(AS_OF), lambda name, count: None) is None

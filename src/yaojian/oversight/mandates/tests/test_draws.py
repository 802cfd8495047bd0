"""Who sees whom in a draw, and until when a committed seed can be used or withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

import pytest
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import CHINA, held_at, today
from yaojian.oversight.mandates.actions import commit_draw, make_draw, withdraw_draw
from yaojian.oversight.mandates.models import Draw, Standing
from yaojian.oversight.mandates.refreshing import refresh_duties
from yaojian.oversight.mandates.replacing import replace_gone
from yaojian.oversight.mandates.tests.factories import YEARLY, concluded, figure_with, subject
from yaojian.oversight.mandates.tests.test_pages import SHARE, client_of, planner
from yaojian.registers.enterprises.facade import Subject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_english")]


@pytest.fixture
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def upper() -> Organ:
    """昌吉州 answers for four pharmacies, 昌吉市 below it for four; its plan asks for a share."""
    organ = figure_with(YEARLY, SHARE).row.plan.organ
    below = Organ.objects.get(code="xj.changji.cj")
    for n in range(4):
        subject(organ, f"UPPER{n}")
        subject(below, f"BELOW{n}")
    refresh_duties()
    return organ


def test_an_organ_below_sees_its_own_subjects_of_a_draw_and_the_totals(upper: Organ) -> None:
    by = planner(upper)
    draw = commit_draw(by=by, code="900-01")
    make_draw(by=by, draw_id=draw.pk)
    below = client_of(planner(Organ.objects.get(code="xj.changji.cj")))
    address = f"/plans/mandates/draws/{draw.pk}/"
    pages = "".join(below.get(f"{address}?outcome={o}").content.decode() for o in ("drawn", "not_drawn"))
    assert "BELOW" in pages
    assert "UPPER" not in pages
    assert "8 members; the share comes to 3" in pages
    for outcome in ("drawn", "not_drawn"):
        sheet = below.get(f"{address}?outcome={outcome}&export=xlsx")
        rows = CalamineWorkbook.from_filelike(BytesIO(sheet.getvalue())).get_sheet_by_index(0).to_python()
        assert "UPPER" not in str(rows)
    region = client_of(planner(Organ.objects.get(code="xj")))
    assert "UPPER" in region.get(f"{address}?outcome=not_drawn").content.decode()


def test_nobody_is_drawn_for_a_period_that_is_over(upper: Organ) -> None:
    by = planner(upper)
    with held_at(datetime(2025, 12, 30, 10, tzinfo=CHINA)):
        draw = commit_draw(by=by, code="900-01")
    with held_at(datetime(2026, 1, 2, 10, tzinfo=CHINA)):
        with pytest.raises(Conflict, match="over"):
            make_draw(by=by, draw_id=draw.pk)
        assert commit_draw(by=by, code="900-01").period_start.year == 2026
        assert "Lapsed" in client_of(by).get(f"/plans/mandates/draws/{draw.pk}/").content.decode()


def test_an_unused_seed_is_withdrawn_as_an_act_and_gives_way_to_another(upper: Organ) -> None:
    below = planner(Organ.objects.get(code="xj.changji.cj"))
    above = planner(upper)
    draw = commit_draw(by=below, code="900-01")
    with pytest.raises(Conflict, match=r"committed a draw.*withdrawn"):
        commit_draw(by=above, code="900-01")
    with pytest.raises(InvalidInput):
        withdraw_draw(by=above, draw_id=draw.pk, reason=" ")
    client = client_of(above)
    address = f"/plans/mandates/draws/{draw.pk}/"
    assert "withdraw-head" in client.get(address).content.decode()
    assert client.post(f"{address}withdraw/", {"reason": "由州局统一抽取"}).status_code == 302
    assert Act.objects.filter(kind="draw.withdrawn").count() == 1
    assert draw.seed not in client.get(address).content.decode()
    with pytest.raises(Conflict, match="withdrawn"):
        make_draw(by=below, draw_id=draw.pk)
    made = commit_draw(by=above, code="900-01")
    with pytest.raises(NotFound):
        withdraw_draw(by=below, draw_id=made.pk, reason="攻击")
    make_draw(by=above, draw_id=made.pk)
    with pytest.raises(Conflict, match="made already"):
        withdraw_draw(by=above, draw_id=made.pk, reason="再抽一次")
    assert Draw.objects.filter(withdrawn_at=None).count() == 1


def test_the_next_in_order_stands_in_for_one_drawn_who_closed(upper: Organ) -> None:
    by = planner(upper)
    draw = commit_draw(by=by, code="900-01")
    make_draw(by=by, draw_id=draw.pk)
    refresh_duties()
    with pytest.raises(Conflict, match="Nobody is to be replaced"):
        replace_gone(by=by, draw_id=draw.pk)
    drawn = list(draw.entries.filter(outcome="drawn").order_by("place"))
    following = list(draw.entries.filter(outcome="not_drawn").order_by("place"))
    concluded(by, drawn[1].subject, today())
    # One closes uninspected, one after its inspection; the next in order is inspected already.
    for entry in drawn[:2]:
        Subject.objects.filter(pk=entry.subject_id).update(closed_on=today(), in_force_from=today())
    concluded(by, following[0].subject, today())
    refresh_duties()
    address = f"/plans/mandates/draws/{draw.pk}/"
    client = client_of(by)
    page = client.get(address).content.decode()
    assert page.count(f"Closed on {today()}") == 2
    assert "Nobody yet" in page
    assert client.post(f"{address}replace/").status_code == 302
    stand_in = draw.entries.get(outcome="stand_in")
    assert (stand_in, stand_in.stands_in_for) == (following[1], drawn[0])
    refresh_duties()
    assert Standing.objects.get(mandate=draw.mandate, subject=stand_in.subject).needed == 1
    page = client.get(address).content.decode()
    assert "Nobody yet" not in page
    assert "Seed, candidates and result agree" in page
    act = Act.objects.get(kind="draw.replaced", file_id=draw.pk)
    assert act.facts["stand_ins"] == f"{drawn[0].code} → {stand_in.code}"
    with pytest.raises(NotFound):
        replace_gone(by=planner(Organ.objects.get(code="xj")), draw_id=draw.pk)

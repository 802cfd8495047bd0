"""What is overdue under the plan that an adopted draft follows."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from yaojian.foundation.accounts.facade import Role
from yaojian.foundation.accounts.models import User
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.outbox.facade import deliver_pending
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.oversight.drafting import actions
from yaojian.oversight.drafting.tests.factories import Drawing
from yaojian.oversight.drafting.tests.test_actions import items_of, submitted
from yaojian.oversight.mandates.facade import Mandate, Standing, refresh_duties
from yaojian.oversight.mandates.tests.factories import concluded
from yaojian.oversight.statistics.tests.factories import officer
from yaojian.registers.enterprises.facade import Subject


def test_what_was_overdue_under_the_old_plan_stays_on_the_worklist(world: Drawing) -> None:
    refresh_duties()
    subjects = sorted(item.subject_id for item in items_of("100-01"))
    draft = submitted(world)
    client = Client()
    client.force_login(User.objects.get(pk=world.leader.user_id))
    for page in ("", "cost/"):
        answer = client.get(f"/plans/drafts/{draft.pk}/{page}", headers={"accept-language": "en"})
        assert "Overdue under the present plan" in answer.content.decode()
    actions.adopt_draft(by=world.leader, pk=draft.pk)
    act = Act.objects.get(kind="plan_draft.adopted", file_id=draft.pk)
    assert act.facts["overdue_kept"] == 3
    deliver_pending()
    ended = Mandate.objects.get(code="100-01").valid_to
    assert ended == today() - timedelta(days=1)
    assert sorted(item.subject_id for item in items_of("100-01")) == subjects
    assert {item.parameters["ended_on"] for item in items_of("100-01")} == {ended.isoformat()}
    # The work of the new plan stands beside it; one inspection does both.
    assert sorted(item.subject_id for item in items_of("500-01")) == subjects
    inspector = officer(world.field.county, "kuisu", Role.INSPECTOR)
    concluded(inspector, Subject.objects.get(pk=subjects[0]), today())
    refresh_duties([subjects[0]])
    refresh_duties()
    for code in ("100-01", "500-01"):
        assert sorted(item.subject_id for item in items_of(code)) == subjects[1:]
    row = Standing.objects.get(mandate__code="100-01", subject_id=subjects[0])
    assert (row.met, row.late) == (True, True)
    assert Standing.objects.get(mandate__code="500-01", subject_id=subjects[0]).met
    told = client.get("/plans/mandates/100-01/", headers={"accept-language": "en"}).content.decode()
    assert "Made up for since" in told
    assert "/plans/mandates/100-01/" in client.get("/plans/mandates/").content.decode()
    done = WorkItem.objects.get(origin_key="100-01", subject_id=subjects[0])
    assert done.state == "done"

"""An evaluation on paper: made once for what it says, kept for good once frozen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from yaojian.foundation.accounts.models import User
from yaojian.foundation.documents.facade import Document
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.evaluations import evaluation_actions, printings
from yaojian.oversight.evaluations.contracts import EvaluationKind
from yaojian.oversight.evaluations.models import Evaluation, Printing
from yaojian.oversight.evaluations.tests.factories import make_field, make_plan
from yaojian.oversight.statistics.tests.factories import Field


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> Iterator[Field]:
    pytest.importorskip("weasyprint")
    settings.DOCUMENTS_FOLDER = tmp_path
    found = make_field()
    make_plan(found)
    before = printings.work_with(None)
    yield found
    printings.work_with(before)


def drafted(world: Field) -> Evaluation:
    evaluation = evaluation_actions.draft_evaluation(
        by=world.planner, plan_code="t", organ=world.prefecture, kind=EvaluationKind.YEARLY, as_of=today()
    )
    evaluation_actions.comment_evaluation(by=world.planner, pk=evaluation.pk, summary="总体良好", comments={})
    return evaluation_actions.submit_evaluation(by=world.planner, pk=evaluation.pk)


def test_a_document_is_made_once_for_what_it_says(
    world: Field, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    evaluation = drafted(world)
    client.force_login(User.objects.get(pk=world.leader.user_id))
    address = f"/evaluations/{evaluation.pk}/"
    assert b"%PDF-" not in client.get(f"{address}pdf/").content[:5]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}print/")
    draft = client.get(f"{address}pdf/").content
    assert draft[:5] == b"%PDF-"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}print/")
    assert Printing.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}freeze/", {"shown": client.get(address).context["digest"]})
    frozen = client.get(f"{address}pdf/").content
    assert (frozen[:5], frozen == draft) == (b"%PDF-", False)
    printing = Printing.objects.latest("asked_at")
    assert printing.document is not None
    assert printing.pages >= 2
    # What was kept is given out again, byte for byte, and its document can be opened by its own page.
    assert client.get(f"{address}pdf/").content == frozen
    assert client.get(f"/documents/{printing.document_id}/").status_code == 200
    assert Document.objects.filter(file_kind="evaluation").count() == 2


def test_a_worker_that_is_asked_leaves_the_page_waiting(
    world: Field, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    evaluation, asked = drafted(world), list[int]()
    client.force_login(User.objects.get(pk=world.leader.user_id))
    before = printings.work_with(asked.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(f"/evaluations/{evaluation.pk}/print/", follow=True)
    finally:
        printings.work_with(before)
    assert asked == [Printing.objects.get().pk]
    assert b'http-equiv="refresh"' in answer.content
    Printing.objects.update(asked_at=now() - 2 * printings.STALLED)
    assert b'http-equiv="refresh"' not in client.get(f"/evaluations/{evaluation.pk}/pdf/").content
    printings.make_printing(asked[0])
    assert client.get(f"/evaluations/{evaluation.pk}/pdf/").content[:5] == b"%PDF-"

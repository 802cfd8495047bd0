"""Saved views are each person's own."""

from __future__ import annotations

import pytest

from yaojian.foundation.errors import InvalidInput, NotFound
from yaojian.foundation.worklist.facade import SavedView, delete_view, save_view
from yaojian.foundation.worklist.queries import views_of
from yaojian.foundation.worklist.tests.conftest import House, officer


def test_a_view_is_kept_replaced_and_forgotten_by_its_owner(house: House) -> None:
    wang, li = officer("wang", house.county), officer("li", house.county)
    view = save_view(by=wang, name=" 逾期  药店 ", query="due=overdue")
    assert view.name == "逾期 药店"
    save_view(by=wang, name="逾期 药店", query="due=overdue&q=药店")
    assert [each.query for each in views_of(wang)] == ["due=overdue&q=药店"]
    assert not views_of(li).exists()
    with pytest.raises(NotFound):
        delete_view(by=li, view_id=view.pk)
    delete_view(by=wang, view_id=view.pk)
    assert not SavedView.objects.exists()


def test_what_cannot_be_kept(house: House) -> None:
    wang = officer("wang", house.county)
    for name, query in (("", ""), ("名" * 31, ""), ("x", "q" * 501)):
        with pytest.raises(InvalidInput):
            save_view(by=wang, name=name, query=query)
    for n in range(20):
        save_view(by=wang, name=str(n), query="")
    with pytest.raises(InvalidInput):
        save_view(by=wang, name="too many", query="")
    save_view(by=wang, name="19", query="due=soon")

"""The organs' pages: the tree of any day, one organ, and the forms that change the tree."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from yaojian.doors.administration.tests.conftest import Organs, Post, client_of
from yaojian.foundation.accounts.facade import Level as L
from yaojian.foundation.accounts.facade import (
    Organ,
    OrganPeriod,
    Role,
    SharingAgreement,
    Tree,
    register_organ,
)
from yaojian.foundation.reference.facade import load_divisions
from yaojian.foundation.timekeeping import today

URL = "/administration/organs/"
DAY = timedelta(days=1)


@pytest.fixture
def admin(post: Post, organs: Organs) -> Client:
    """The browser of the prefecture's administrator."""
    load_divisions([("6523", "昌吉州", ""), ("652325", "奇台县", ""), ("652327", "吉木萨尔县", "")])
    return client_of(post("admin", Role.ADMINISTRATOR))


def form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "奇台县局",
        "short_name": "奇台县局",
        "level": "county",
        "kind": "bureau",
        "territories": "652325",
        "on": today().isoformat(),
        "reason": "",
        **changes,
    }


def test_the_tree_is_the_own_part_of_it_with_names_of_the_day(admin: Client, organs: Organs) -> None:
    page = admin.get(URL)
    assert [row["organ"].code for row in page.context["rows"]] == ["xj.cj", "xj.cj.qt"]
    assert page.context["above"] == ["新疆局"]
    assert "阿勒泰" not in page.content.decode()
    admin.post(f"{URL}{organs.county.pk}/change/", form(name="奇台市局", on=(today() + DAY).isoformat()))
    tomorrow = admin.get(URL, {"as_of": (today() + DAY).isoformat()})
    assert [row["organ"].name for row in tomorrow.context["rows"]] == ["昌吉州局", "奇台市局"]
    assert tomorrow.context["may_manage"] is False
    assert [row["organ"].code for row in admin.get(URL, {"q": "奇台"}).context["rows"]] == ["xj.cj.qt"]
    assert admin.get(URL, {"as_of": "1950-01-01"}).context["rows"] == []


def test_a_large_tree_opens_branch_by_branch(admin: Client, organs: Organs, monkeypatch: Any) -> None:
    monkeypatch.setattr("yaojian.doors.administration.web.organs.WHOLE", 2)
    town = register_organ(
        code="xj.cj.qt.zhen", name="奇台镇", level=L.TOWNSHIP, parent=organs.county, territories=["652325100"]
    )

    def shown(**query: str) -> list[str]:
        return [row["organ"].code for row in admin.get(URL, query).context["rows"]]

    assert shown() == ["xj.cj", "xj.cj.qt"]
    page = admin.get(URL)
    assert [row["hidden"] for row in page.context["rows"]] == [1, 1]
    assert shown(branch=str(organs.county.pk)) == ["xj.cj.qt", "xj.cj.qt.zhen"]
    assert "昌吉州局" in admin.get(URL, {"branch": str(town.pk)}).content.decode()
    assert shown(q="奇台镇") == ["xj.cj.qt.zhen"]
    # Outside the own part, and no key at all: the whole tree, as if nothing had been asked.
    assert shown(branch=str(organs.neighbour.pk)) == shown(branch="x") == shown()


def test_an_organ_s_page_shows_what_is_planned(admin: Client, organs: Organs) -> None:
    later = (today() + 9 * DAY).isoformat()
    change = form(territories="652325，652327", on=later, reason="区划调整")
    assert admin.post(f"{URL}{organs.county.pk}/change/", change).status_code == 302
    page = admin.get(f"{URL}{organs.county.pk}/")
    assert [row["state"][0] for row in page.context["periods"]] == ["info", "done"]
    assert "吉木萨尔县" in page.content.decode()
    assert Organ.objects.get(pk=organs.county.pk).territories == ["652325"]


@pytest.mark.parametrize("step", ["", "change/", "move/", "close/", "new/", "agreements/new/"])
def test_outside_the_own_part_nothing_exists(admin: Client, organs: Organs, step: str) -> None:
    pages = [admin.get(f"{URL}{key}/{step}") for key in (organs.neighbour.pk, organs.province.pk, 999_999)]
    assert {page.status_code for page in pages} == {404}
    said = {page.content.decode().split("<main")[1].split("reference")[0] for page in pages}
    assert not any("阿勒泰" in text or "新疆局" in text for text in said)


def test_bad_input_comes_back_as_typed_with_the_error_at_its_field(admin: Client, organs: Organs) -> None:
    change = f"{URL}{organs.county.pk}/change/"
    yesterday = (today() - DAY).isoformat()
    for data, field in (
        (form(territories="999999"), "territories"),
        (form(territories="qitai"), "territories"),
        (form(name=""), "name"),
        (form(name="新名", on=yesterday), "reason"),
        (form(name="新名", on="2001-01-01", reason="x"), "on"),
    ):
        page = admin.post(change, data)
        assert page.status_code == 422
        assert field in page.context["form"].errors, field
        assert page.context["form"]["short_name"].value() == "奇台县局"
    assert OrganPeriod.objects.filter(organ=organs.county).count() == 1


def test_a_new_organ_moves_and_closes(admin: Client, organs: Organs) -> None:
    new = {**form(name="木垒县局", territories=""), "code": "xj.cj.ml"}
    assert admin.post(f"{URL}{organs.prefecture.pk}/new/", new).status_code == 302
    organ = Organ.objects.get(code="xj.cj.ml")
    taken = admin.post(f"{URL}{organs.prefecture.pk}/new/", new)
    assert "code" in taken.context["form"].errors
    move = {"parent": organs.county.pk, "on": today().isoformat()}
    assert admin.post(f"{URL}{organ.pk}/move/", move).status_code == 302
    cycle = admin.post(f"{URL}{organs.county.pk}/move/", {**move, "parent": organ.pk})
    assert cycle.status_code == 422
    assert "parent" in cycle.context["form"].errors
    abroad = admin.post(f"{URL}{organ.pk}/move/", {**move, "parent": organs.neighbour.pk})
    assert "parent" in abroad.context["form"].errors
    close = {"on": today().isoformat(), "reason": "撤并"}
    held = admin.post(f"{URL}{organs.county.pk}/close/", close)
    assert held.status_code == 422
    assert "organs below it" in held.content.decode()
    assert admin.post(f"{URL}{organ.pk}/close/", close).status_code == 302
    assert Organ.objects.get(pk=organ.pk).closed_on == today()


def test_an_agreement_is_entered_and_ended(admin: Client, organs: Organs) -> None:
    register_organ(code="xpcc", name="兵团", level=L.PROVINCE, tree=Tree.XPCC)
    new = f"{URL}{organs.county.pk}/agreements/new/"
    takers = [code for code, _label in admin.get(new).context["form"].fields["taker"].choices]
    assert takers == ["xj.alt", "xpcc"]
    data = {"taker": "xpcc", "shares": ["register"], "document": "协议1号", "valid_from": today().isoformat()}
    assert "document" in admin.post(new, {**data, "document": ""}).context["form"].errors
    assert admin.post(new, data).status_code == 302
    assert "valid_from" in admin.post(new, data).context["form"].errors
    agreement = SharingAgreement.objects.get()
    end = f"/administration/agreements/{agreement.pk}/end/"
    assert admin.get(end).status_code == 200
    assert admin.post(end, {"on": today().isoformat(), "reason": "期满"}).status_code == 302
    assert SharingAgreement.objects.get().valid_to == today()
    assert admin.get("/administration/agreements/999999/end/").status_code == 404


def test_who_only_reads_finds_no_way_to_change(post: Post, organs: Organs) -> None:
    reader = client_of(post("chief", Role.CHIEF))
    page = reader.get(f"{URL}{organs.county.pk}/")
    assert page.context["may_manage"] is False
    assert reader.get(f"{URL}{organs.county.pk}/change/").status_code == 403

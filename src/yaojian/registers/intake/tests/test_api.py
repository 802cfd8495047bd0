"""Rows sent by systems: results for each, once per key, in the sender's area only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from yaojian.foundation.accounts.facade import Actor, User
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.enterprises.tests.factories import Region, officer
from yaojian.registers.intake.jobs import work_on
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.tests.factories import code

BASE = "/api/v1"


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "code": code(number),
        "name": f"奇台县惠民大药房{number}店",
        "subject_type": "single_pharmacy",
        "responsible_organ": "cj.qt",
        "division_code": "652325",
        "opened_on": "2019-05-06",
        "latitude": 44.0,
    } | {"longitude": 89.5, **changes}


def send(client: Client, rows: list[dict[str, Any]], key: str = "key-00001", **body: Any) -> Any:
    return client.post(
        f"{BASE}/imports",
        json.dumps({"target": "subjects", "rows": rows, **body}),
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def test_rows_are_entered_and_each_has_a_result(registrar: Actor) -> None:
    client = client_of(registrar)
    answer = send(client, [row(1), row(2, name=""), row(3, opened_on="2019")])
    assert answer.status_code == 202, answer.content
    assert answer.json()["state"] == "received"
    work_on(Import.objects.get().pk)
    address = f"{BASE}/imports/{answer.json()['id']}"
    found = client.get(address).json()
    assert (found["state"], found["counts"]) == (
        "done",
        {"new": 1, "changed": 0, "unchanged": 0, "broken": 2},
    )
    first = client.get(f"{address}/rows", {"limit": 2}).json()
    rest = client.get(f"{address}/rows", {"after": first["next"]}).json()
    results = first["items"] + rest["items"]
    assert [(one["index"], one["change"]) for one in results] == [(0, "new"), (1, "broken"), (2, "broken")]
    assert [fault["field"] for fault in results[1]["faults"] + results[2]["faults"]] == ["name", "opened_on"]
    assert Subject.objects.get().code == code(1)


def test_the_same_key_is_the_same_import(registrar: Actor) -> None:
    client = client_of(registrar)
    first, again = send(client, [row(1)]), send(client, [row(1)])
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    other = send(client, [row(2)])
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


def test_an_import_can_be_undone_and_cancelled(registrar: Actor) -> None:
    client = client_of(registrar)
    uid = send(client, [row(1)]).json()["id"]
    work_on(Import.objects.get().pk)
    assert client.post(f"{BASE}/imports/{uid}/undo").status_code == 202
    work_on(Import.objects.get().pk)
    assert client.get(f"{BASE}/imports/{uid}").json()["state"] == "undone"
    assert not Subject.objects.exists()
    waiting = send(client, [row(1)], key="key-00002").json()["id"]
    assert client.post(f"{BASE}/imports/{waiting}/cancel").json()["state"] == "cancelled"
    assert client.post(f"{BASE}/imports/{waiting}/cancel").status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"rows": []}, 422),
        ({"rows": [{"nonsense": 1}]}, 422),
        ({"rows": [{}] * 2_001}, 422),
        ({"rows": [{"code": ["no", "list"]}]}, 422),
        ({"target": "nothing"}, 404),
        ({"effective_on": "2999-01-01"}, 422),
    ],
)
def test_what_cannot_be_taken_is_refused_with_problem_details(
    registrar: Actor, change: dict[str, Any], status: int
) -> None:
    rows = change.pop("rows", [row(1)])
    answer = send(client_of(registrar), rows, **change)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert not Import.objects.exists()


def test_a_key_is_needed(registrar: Actor) -> None:
    body = json.dumps({"target": "subjects", "rows": [row(1)]})
    answer = client_of(registrar).post(f"{BASE}/imports", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_others_neither_send_nor_see(region: Region, registrar: Actor, county_registrar: Actor) -> None:
    uid = send(client_of(registrar), [row(1)]).json()["id"]
    stranger = client_of(county_registrar)
    assert stranger.get(f"{BASE}/imports/{uid}").status_code == 404
    assert stranger.get(f"{BASE}/imports/{uid}/rows").status_code == 404
    assert stranger.post(f"{BASE}/imports/{uid}/undo").status_code == 404
    assert stranger.get(f"{BASE}/imports").json()["items"] == []
    assert send(client_of(officer(region.qitai, "qian")), [row(1)]).status_code == 403


def test_the_registers_tell_their_fields(registrar: Actor) -> None:
    registers = client_of(registrar).get(f"{BASE}/registers").json()
    subjects = next(one for one in registers if one["code"] == "subjects")
    kinds = {one["name"]: one for one in subjects["fields"]}
    assert kinds["code"]["required"]
    assert "single_pharmacy" in kinds["subject_type"]["values"]

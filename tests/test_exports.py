"""Every list as a file: who may, what is in it, and that it is an act."""

from __future__ import annotations

import io
from datetime import date

import pytest
import python_calamine
from django.db import connection
from django.test import Client

from yaojian.foundation.accounts.contracts import ROLE_PERMISSIONS, Permission, Role
from yaojian.foundation.accounts.facade import Level, Organ, post_person, register_organ
from yaojian.foundation.exports import answers
from yaojian.foundation.ledger.facade import Act

LISTS = ("/subjects/", "/journal/", "/inspections/", "/licences/", "/products/")
WITHIN = ("/", "/administration/organs/")
"""Lists that some people without the permission may open in another shape."""


@pytest.fixture
def organ(db: None) -> Organ:
    return register_organ(code="x", name="测试局", level=Level.COUNTY, territories=["652301"])


def client_of(organ: Organ, role: Role) -> Client:
    user = post_person(
        username=role.value,
        display_name="某人",
        organ=organ,
        role=role,
        valid_from=date(2020, 1, 1),
        valid_to=date(2099, 12, 31) if role is Role.GUEST else None,
    )
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("path", [*LISTS, *WITHIN])
@pytest.mark.parametrize("wanted", ["xlsx", "csv"])
def test_an_export_is_an_act(organ: Organ, path: str, wanted: str) -> None:
    answer = client_of(organ, Role.INSPECTOR).get(path, {"export": wanted, "q": "秘密"})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    act = Act.objects.get(kind="list.exported")
    assert act.facts["format"] == wanted
    assert "秘密" not in str(act.facts)
    assert f".{wanted}" in answer["Content-Disposition"]
    if wanted == "xlsx":
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python()
        assert len(rows) == act.facts["count"] + 1, rows
        assert ["导出人", "某人"] in book.get_sheet_by_index(1).to_python()
    else:
        assert content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("path", LISTS)
def test_who_may_not_export_is_refused_and_sees_no_button(organ: Organ, path: str) -> None:
    client = client_of(organ, Role.GUEST)
    answer = client.get(path, {"export": "csv"})
    assert answer.status_code == 403
    assert "export=csv" not in client.get(path).content.decode()
    assert not Act.objects.filter(kind="list.exported").exists()


@pytest.mark.parametrize("wanted", ["xlsx", "csv"])
def test_the_act_has_a_transaction_of_its_own(
    organ: Organ, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Outside tests a request has none, and the journal takes no act without one.
    depths: list[int] = []
    monkeypatch.setattr(answers, "record_act", lambda **_act: depths.append(len(connection.savepoint_ids)))
    client, around = client_of(organ, Role.INSPECTOR), len(connection.savepoint_ids)
    assert client.get("/subjects/", {"export": wanted}).status_code == 200
    assert depths == [around + 1]


def test_the_page_is_told_when_its_file_or_its_refusal_has_come(organ: Organ) -> None:
    client = client_of(organ, Role.INSPECTOR)
    made = client.get("/subjects/", {"export": "xlsx", "signal": "abcdef012345"})
    assert made.cookies["yaojian_download_abcdef012345"].value == "made"
    assert int(made["Content-Length"]) == len(b"".join(made.streaming_content))  # type: ignore[attr-defined]
    refused = client.get("/subjects/", {"export": "exe", "signal": "abcdef012345"})
    assert refused.cookies["yaojian_download_abcdef012345"].value == "refused"
    for word in ("", "x; Path=/", "A" * 40):
        assert not client.get("/subjects/", {"signal": word}).cookies.keys() & {f"yaojian_download_{word}"}


def test_an_unknown_format_is_an_error_of_its_field(organ: Organ) -> None:
    assert client_of(organ, Role.INSPECTOR).get("/subjects/", {"export": "exe"}).status_code == 422


def test_the_permission_is_given_to_officers_only() -> None:
    assert Permission.REGISTER_EXPORT in ROLE_PERMISSIONS[Role.INSPECTOR]
    assert Permission.REGISTER_EXPORT not in ROLE_PERMISSIONS[Role.GUEST]

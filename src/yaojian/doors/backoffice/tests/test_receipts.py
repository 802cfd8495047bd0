"""Receipts of acts: for whoever may read the act, and with it the record; the entry alone for everybody."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import yaojian
from yaojian.doors.backoffice.log_alarms import DIFFERS, open_alarms, raise_alarm
from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import SINCE, Region, make_act
from yaojian.foundation.accounts.facade import Role, post_person
from yaojian.foundation.ledger.facade import PROMISED_WITHIN, Act, late_entries
from yaojian.foundation.ledger.tests.world import KEYS, log_of_acts, writable_log
from yaojian.foundation.ledger.transparency.leaves import commitment_of
from yaojian.foundation.ledger.transparency.receipts import judge, parse_policy
from yaojian.foundation.timekeeping import held_at, now


@pytest.fixture
def act(region: Region, test_database: Any, settings: Any, tmp_path: Path) -> Iterator[Act]:
    """The last of three acts in the log."""
    settings.LOG_FOLDER = tmp_path
    acts = [make_act(region.actor("inspector"), region.in_qitai) for _number in range(3)]
    with writable_log(test_database):
        log_of_acts(tmp_path, acts, acts[-1].recorded_at + timedelta(seconds=1))
        yield acts[-1]


def test_the_receipt_proves_the_record(signed_in: SignedIn, act: Act, settings: Any) -> None:
    inspector = signed_in("inspector")
    page = inspector.get(f"/acts/{act.uid}/receipt/")
    assert "In the log" in page.content.decode()
    assert f"/acts/{act.uid}/receipt/code.svg" in page.content.decode()
    code = signed_in("inspector").get(f"/acts/{act.uid}/receipt/code.svg")
    assert code["Content-Type"] == "image/svg+xml"
    assert code.content.startswith(b"<svg")
    answer = inspector.get(f"/acts/{act.uid}/receipt/download")
    assert answer["Content-Disposition"] == 'attachment; filename="receipt-2.tlog-proof"'
    keys = (settings.LOG_FOLDER / "keys").read_text().split()
    verdict = judge(answer.content.decode(), parse_policy(keys))
    assert (verdict.problem, verdict.index) == ("", 2)
    assert verdict.act is not None
    assert verdict.act["uid"] == str(act.uid)
    assert verdict.earliest is not None


def test_only_who_may_read_the_act_gets_the_record(signed_in: SignedIn, act: Act) -> None:
    for path in ("receipt/", "receipt/download"):
        for name, status in (("township", 200), ("neighbour", 404), ("administrator", 404)):
            assert signed_in(name).get(f"/acts/{act.uid}/{path}").status_code == status, (name, path)


def test_everybody_gets_the_entry_without_the_record(act: Act, client: Client, settings: Any) -> None:
    answer = client.get("/log/receipts/2/")
    verdict = judge(answer.content.decode(), parse_policy((settings.LOG_FOLDER / "keys").read_text().split()))
    assert (verdict.problem, verdict.act, verdict.index) == ("", None, 2)
    assert act.actor_name not in answer.content.decode()
    assert client.get("/log/receipts/3/").status_code == 404
    assert client.get("/log/receipts/99999999999999999999/").status_code == 404


def test_an_act_that_waits_says_so(
    signed_in: SignedIn, region: Region, settings: Any, tmp_path: Path
) -> None:
    settings.LOG_FOLDER = tmp_path
    act = make_act(region.actor("inspector"), region.in_qitai)
    inspector = signed_in("inspector")
    assert "Not in the log yet" in inspector.get(f"/acts/{act.uid}/receipt/").content.decode()
    assert inspector.get(f"/acts/{act.uid}/receipt/download").status_code == 404
    assert inspector.get(f"/acts/{act.uid}/receipt/code.svg").status_code == 404


def test_late_entries_show_wherever_acts_are_listed(
    signed_in: SignedIn, region: Region, test_database: Any, settings: Any, tmp_path: Path
) -> None:
    """What is claimed before the checkpoint that the entry has seen was entered later."""
    settings.LOG_FOLDER = tmp_path
    by, at = region.actor("inspector"), now()
    earlier = [at - timedelta(minutes=minutes) for minutes in (0, 0, 4, 60)]
    acts = [make_act(by, region.in_qitai, claimed_at=claimed, recorded_at=at) for claimed in earlier]
    with writable_log(test_database):
        log_of_acts(tmp_path, acts, at)
        assert late_entries(acts) == {acts[3].pk: at}
        with held_at(at + timedelta(minutes=30)):
            long_ago = make_act(by, region.in_qitai, claimed_at=earlier[3], recorded_at=earlier[3])
        assert late_entries([long_ago]) == {}
        inspector = signed_in("inspector")
        journal = inspector.get("/journal/").content.decode()
        assert journal.count("The public log proves that it was entered after") == 1
        subject = inspector.get(f"/subjects/{region.in_qitai.pk}/").content.decode()
        assert subject.count("The public log proves that it was entered after") == 1
        assert "Late entry" in inspector.get(f"/acts/{acts[3].uid}/").content.decode()
        assert "Late entry" not in inspector.get(f"/acts/{acts[0].uid}/").content.decode()
        person = signed_in("administrator").get(
            f"/administration/people/{region.people['inspector'].pk}/?view=acts"
        )
        assert person.content.decode().count("The public log proves that it was entered after") == 1
        listed = signed_in("chief").get("/journal/?export=csv")
        head, *rows = csv.reader(listed.getvalue().decode("utf-8-sig").splitlines())
        column = head.index("Late entry, made after")
        assert [bool(row[column]) for row in rows].count(True) == 1
        answer = inspector.get("/api/v1/acts").json()["items"]
        assert [one["entered_after"] is not None for one in answer].count(True) == 1


def test_every_room_shows_acts_in_time_by_one_function() -> None:
    """A timeline that is put together elsewhere would not know of late entries."""
    root = Path(yaojian.__file__).parent
    by_hand = [
        path.name
        for path in root.rglob("*.py")
        if '"at": act.claimed_at' in path.read_text(encoding="utf-8") and path.parent.name != "tests"
    ]
    assert by_hand == ["timelines.py"]


def test_an_act_that_waits_has_a_promise(
    signed_in: SignedIn, region: Region, settings: Any, tmp_path: Path, client: Client
) -> None:
    settings.LOG_FOLDER = tmp_path
    (tmp_path / "keys").write_text("".join(f"{key}\n" for key in KEYS.verifiers))
    act = make_act(region.actor("inspector"), region.in_qitai)
    inspector = signed_in("inspector")
    assert "Download the promise" in inspector.get(f"/acts/{act.uid}/receipt/").content.decode()
    answer = inspector.get(f"/acts/{act.uid}/receipt/download")
    assert answer["Content-Disposition"] == f'attachment; filename="promise-{act.uid}.txt"'
    policy = parse_policy(client.get("/log/keys").content.decode().splitlines())
    verdict = judge(answer.content.decode(), policy)
    assert verdict.promise is not None
    assert verdict.promise.uid == str(act.uid)
    assert verdict.promise.commitment == commitment_of(bytes(act.canonical), bytes(act.salt))
    assert verdict.promise.deadline - act.recorded_at == PROMISED_WITHIN
    with held_at(act.recorded_at + PROMISED_WITHIN + timedelta(seconds=1)):
        inspector = signed_in("inspector")
        page = inspector.get("/journal/log/").content.decode()
        receipt = inspector.get(f"/acts/{act.uid}/receipt/").content.decode()
    assert "can show that it was broken" in page
    assert "Promise broken" in receipt
    assert "within a second or two" not in receipt
    assert "Download the promise" in receipt


def test_the_monitor(signed_in: SignedIn, act: Act, settings: Any, tmp_path: Path) -> None:
    settings.LOG_AUDIT = tmp_path / "audit"
    inspector = signed_in("inspector")
    page = inspector.get("/journal/log/")
    assert page.context["waiting"].count == 0
    assert "Not started yet" in page.content.decode()
    assert "None yet. Each night" in page.content.decode()
    (settings.LOG_FOLDER / "state.json").write_text('{"state": "refused", "text": "it says so"}')
    (settings.LOG_AUDIT).mkdir()
    difference = {"layer": "row", "where": "leaf 7", "text": "x"}
    said = {"at": "2026-11-20T00:00:00+00:00", "seconds": 1.0, "size": 3, "acts": 3, "lost": 0, "waiting": 0}
    (settings.LOG_AUDIT / "last.json").write_text(json.dumps({**said, "found": 1, "told": [difference]}))
    page = inspector.get("/journal/log/").content.decode()
    for words in ("refuses to sign", "it says so", "1 difference was found", "leaf 7", "Row of the act"):
        assert words in page


def test_an_alarm_is_settled_on_the_monitor(
    signed_in: SignedIn, region: Region, settings: Any, tmp_path: Path
) -> None:
    settings.LOG_FOLDER = tmp_path
    region.people["attends"] = post_person(
        username="attends",
        display_name="安",
        organ=region.prefecture,
        role=Role.SECURITY_OFFICER,
        valid_from=SINCE,
    )
    raise_alarm(DIFFERS, "Somebody may have changed the record.", "1")
    item = open_alarms().get()
    page = signed_in("inspector").get("/journal/log/").content.decode()
    assert "Somebody may have changed the record." in page
    assert "Settle the alarm" not in page
    address, browser = f"/journal/log/alarms/{item.pk}/", signed_in("attends")
    assert "Settle the alarm" in browser.get("/journal/log/").content.decode()
    assert signed_in("inspector").post(address, {"found": "x"}).status_code == 403
    assert browser.post(address, {"found": ""}).status_code == 422
    assert browser.post(address, {"found": "A backup was restored; nothing is lost."}).status_code == 302
    assert "Settle the alarm" not in browser.get("/journal/log/").content.decode()
    assert "Alarm of the public log settled" in browser.get("/journal/").content.decode()

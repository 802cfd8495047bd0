"""What documents carry of their acts: on paper the receipt with the record, in public without it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client

from yaojian.doors.backoffice.tests.factories import Region, make_act, make_region
from yaojian.foundation.ledger.facade import Act, Ref, entry_behind, paper_code, public_code, public_policy
from yaojian.foundation.ledger.tests.world import KEYS, log_of_acts, writable_log
from yaojian.foundation.ledger.transparency.receipts import Verdict, judge, parse_policy
from yaojian.foundation.timekeeping import now

FILE = Ref("inspections.inspection", 7)


@pytest.fixture
def region(db: None, settings: Any, tmp_path: Path) -> Region:
    settings.LOG_FOLDER = tmp_path
    (tmp_path / "keys").write_text("".join(f"{key}\n" for key in KEYS.verifiers))
    return make_region()


@pytest.fixture
def act(region: Region, test_database: Any, tmp_path: Path) -> Iterator[Act]:
    """An act of a file in the log, the last of two hundred leaves."""
    by = region.actor("inspector")
    acts = [make_act(by, region.in_qitai) for _number in range(9)]
    with writable_log(test_database):
        acts.append(make_act(by, region.in_qitai, file=FILE, facts={"summary": "现场检查情况" * 40}))
        log_of_acts(tmp_path, acts, acts[-1].recorded_at + timedelta(seconds=1))
        yield acts[-1]


def verdict_of(letters: str) -> Verdict:
    return judge(letters, parse_policy(public_policy()))


def on_paper(act: Act | None) -> str:
    template = Template("{% load receipt_codes %}{% paper_code act %}")
    return template.render(Context({"act": act}))


def test_paper_carries_the_record_with_its_proof(act: Act) -> None:
    code = paper_code(act)
    assert code is not None
    verdict = verdict_of(code.letters)
    assert (verdict.problem, verdict.index) == ("", 9)
    assert verdict.act is not None
    assert verdict.act["uid"] == str(act.uid)
    assert "data:image/svg+xml;base64," in on_paper(act)
    assert on_paper(None) == "\n"


def test_until_there_is_a_receipt_it_carries_the_promise(region: Region) -> None:
    act = make_act(region.actor("inspector"), region.in_qitai)
    code = paper_code(act)
    assert code is not None
    promise = verdict_of(code.letters).promise
    assert promise is not None
    assert promise.uid == str(act.uid)


def test_a_record_too_long_for_a_code_leaves_the_proof(
    region: Region, test_database: Any, tmp_path: Path
) -> None:
    noise = "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(3000))
    act = make_act(region.actor("inspector"), region.in_qitai, facts={"summary": noise})
    with writable_log(test_database):
        log_of_acts(tmp_path, [act], now())
        code = paper_code(act)
    assert code is not None
    assert not code.has_record
    assert verdict_of(code.letters).act is None


def test_public_pages_carry_the_entry_alone(act: Act, client: Client) -> None:
    entry = entry_behind(FILE)
    assert entry == 9
    code = public_code(entry)
    assert code is not None
    assert verdict_of(code.letters).act is None
    picture = client.get("/log/receipts/9/code.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg")
    assert client.get("/log/receipts/10/code.svg").status_code == 404
    assert entry_behind(Ref("nothing", 1)) is None

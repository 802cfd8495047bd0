"""Proof bundles: what they prove, and every lie about them is refused with its layer and its row."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.bundling import MadeBundle, closed_days, proof_bundle
from yaojian.foundation.ledger.closing import close_days
from yaojian.foundation.ledger.tests.office import Office, at, office
from yaojian.foundation.ledger.tests.world import COURT, KEYS
from yaojian.foundation.ledger.transparency.bundle_verdicts import BundleVerdict, judge_bundle
from yaojian.foundation.ledger.transparency.keys import keys_from
from yaojian.foundation.ledger.transparency.receipts import Policy
from yaojian.foundation.ledger.transparency.verify import main, report
from yaojian.foundation.timekeeping import held_at

__all__ = ["office"]
POLICY = Policy(KEYS.log.verifier, KEYS.clock.verifier)
OTHER_LOG = keys_from("other.test.example", bytes([7] * 32), bytes([8] * 32))
pytestmark = pytest.mark.django_db
Change = Callable[[dict[str, Any]], object]


def three_days(office: Office) -> None:
    """Two acts about subject 17, one about 18 and one about 300; a day without any; another about 17."""
    for subject, hour in ((17, 9), (18, 10), (17, 11), (300, 12)):
        office.act(subject, at(18, hour))
    office.sequence()
    for day in (19, 20):
        with held_at(at(day, 0, 12)):
            assert close_days() == 1
        office.sequence()
    office.act(17, at(20, 15))
    office.sequence()
    with held_at(at(21, 0, 12)):
        assert close_days() == 1
    office.sequence()


def made(
    since: int = 18, until: int = 20, subjects: Sequence[int] = (17,), hidden: Sequence[int] = ()
) -> MadeBundle:
    def readable(keys: Sequence[int]) -> list[int]:
        return [key for place, key in enumerate(keys) if place not in hidden]

    first, last = date(2026, 11, since), date(2026, 11, until)
    return proof_bundle(subjects=subjects, name="甲药店", since=first, until=last, readable=readable)


def judged(document: str, change: Change = lambda _said: None) -> BundleVerdict:
    said = json.loads(document)
    change(said)
    return judge_bundle(json.dumps(said, ensure_ascii=False), POLICY)


def test_a_bundle_proves_that_nothing_is_missing(office: Office) -> None:
    assert closed_days() is None
    three_days(office)
    closed = closed_days()
    assert closed is not None
    assert (closed.first, closed.last) == (date(2026, 11, 18), date(2026, 11, 20))
    bundle = made()
    assert (bundle.count, bundle.days, bundle.name) == (3, 3, "proof-20261118-20261120.json")
    verdict = judged(bundle.document)
    assert (verdict.problem, verdict.quiet_days, len(verdict.entries)) == ("", 1, 3)
    assert [one["subject"] for one in verdict.act or []] == ["enterprises.subject:17"] * 3
    words = report(verdict, "zh")
    assert "共 3 条，全部在此文件中，一条不缺：3 天每天的条数" in words
    assert "其中 1 天没有记录" in words
    assert "没有外部见证人副署" in words
    assert "2026-11-18 是首个封存日" in words
    assert "All of them are in this file and none is missing" in report(verdict, "en")


def test_a_period_without_acts_is_proved_too(office: Office) -> None:
    three_days(office)
    for subjects in ((19,), (299,), (700,)):
        verdict = judged(made(subjects=subjects).document)
        assert (verdict.problem, len(verdict.entries), verdict.quiet_days) == ("", 0, 3)
    assert judged(made(19, 19).document).quiet_days == 1


def test_subjects_merged_into_one_are_proved_together(office: Office) -> None:
    three_days(office)
    verdict = judged(made(subjects=(17, 300)).document)
    assert (verdict.problem, len(verdict.entries)) == ("", 4)


def test_what_may_not_be_read_is_counted(office: Office) -> None:
    three_days(office)
    verdict = judged(made(hidden=[1]).document)
    assert (verdict.problem, len(verdict.act or [])) == ("", 2)
    assert "有 1 条未附记录内容（第 2 号条目）" in report(verdict, "zh")


def test_days_that_are_not_closed_make_no_bundle(office: Office) -> None:
    three_days(office)
    assert made(1, 30).until == date(2026, 11, 20)
    with pytest.raises(InvalidInput):
        made(21, 25)


def other_bundle_entry(said: dict[str, Any]) -> None:
    """Another subject's entry, given as this subject's."""
    said["entries"].insert(1, json.loads(made(subjects=(18,)).document)["entries"][0])


def relabelled_entry(said: dict[str, Any]) -> None:
    other_bundle_entry(said)
    said["entries"][1]["subject"] = "17"


def hidden_foreign_entry(said: dict[str, Any]) -> None:
    """Another subject's entry in the place of one, both without the record."""
    relabelled_entry(said)
    del said["entries"][1]["act"], said["entries"][1]["salt"], said["entries"][2]


def other_checkpoint(said: dict[str, Any]) -> None:
    said["checkpoint"] = said["checkpoint"].replace("log.test.example", "other.test.example")


def statement_of_other(said: dict[str, Any]) -> None:
    said["days"][0]["said"] = json.loads(made(subjects=(18,)).document)["days"][0]["said"]


def swap_subject(said: dict[str, Any]) -> None:
    said["subjects"] = ["18"]


def edit(said: dict[str, Any]) -> None:
    said["entries"][0]["act"] = said["entries"][0]["act"].replace("检查员甲", "检查员乙")


def edit_closing(said: dict[str, Any]) -> None:
    closing = said["days"][0]["closing"]
    closing["act"] = closing["act"].replace('"subjects_counted":3', '"subjects_counted":2')


def more_in_statement(said: dict[str, Any]) -> None:
    said["days"][0]["said"][0]["entries"] = "1"
    del said["entries"][0]


def false_note(said: dict[str, Any]) -> None:
    said["notes"][0] = said["notes"][0].replace("\n2\n", "\n3\n")


def erased_by_a_closing(said: dict[str, Any]) -> None:
    """An act is said to be erased; what is given for the erasure is another act."""
    entry = said["entries"][0]
    del entry["act"], entry["salt"]
    entry["erasure"] = said["days"][0]["closing"]


LIES: list[tuple[str, Change, dict[str, str]]] = [
    ("count_differs", lambda s: s["entries"].pop(0), {"day": "2026-11-18", "said": "2", "found": "1"}),
    ("count_differs", lambda s: s["entries"].pop(2), {"day": "2026-11-20", "said": "1", "found": "0"}),
    ("act_differs", edit, {"index": "0"}),
    ("act_not_included", lambda s: s["entries"][0].update(index="1"), {"index": "1"}),
    ("act_order", lambda s: s["entries"].insert(0, s["entries"][0]), {"index": "0"}),
    ("act_order", lambda s: s["entries"].reverse(), {"index": "2"}),
    ("act_foreign", other_bundle_entry, {"index": "1", "subject": "enterprises.subject:18"}),
    ("act_foreign", relabelled_entry, {"index": "1", "subject": "enterprises.subject:18"}),
    ("root_differs", hidden_foreign_entry, {"day": "2026-11-18"}),
    ("act_foreign", swap_subject, {"index": "0", "subject": "enterprises.subject:17"}),
    ("day_missing", lambda s: s["days"].pop(1), {"day": "2026-11-19"}),
    ("day_missing", lambda s: s.update(since="2026-11-17"), {"day": "2026-11-17"}),
    ("day_twice", lambda s: s.update(until="2026-11-19"), {}),
    ("day_differs", edit_closing, {"day": "2026-11-18"}),
    ("day_differs", lambda s: s["days"][0].update(closing=s["days"][1]["closing"]), {"day": "2026-11-18"}),
    ("day_not_included", lambda s: s["days"][0]["closing"]["path"].pop(), {"day": "2026-11-18"}),
    ("statement_differs", statement_of_other, {"day": "2026-11-18", "subject": "enterprises.subject:17"}),
    ("statement_differs", more_in_statement, {"day": "2026-11-18"}),
    ("statement_differs", lambda s: s["days"][1]["said"].clear(), {"day": "2026-11-19"}),
    ("bundle_false_signature", lambda s: s.update(checkpoint=s["checkpoint"].replace("\n8\n", "\n9\n")), {}),
    ("bundle_other_log", other_checkpoint, {"origin": "other.test.example"}),
    ("note_differs", false_note, {"number": "1"}),
    ("erasure_differs", erased_by_a_closing, {"index": "0"}),
    ("not_a_bundle", lambda s: s.update(format="yaojian.bundle/2"), {}),
    ("not_a_bundle", lambda s: s.pop("days"), {}),
    ("not_a_bundle", lambda s: s.update(subjects=[]), {}),
]


def test_every_lie_is_refused_and_named(office: Office) -> None:
    three_days(office)
    document = made().document
    wrong = []
    for number, (problem, change, values) in enumerate(LIES):
        verdict = judged(document, change)
        if verdict.problem != problem or not values.items() <= verdict.values.items():
            wrong.append((number, problem, verdict.problem, dict(verdict.values)))
        assert "{" not in report(verdict, "zh") + report(verdict, "en"), number
    assert wrong == []


def test_a_bundle_of_another_log_proves_nothing(office: Office) -> None:
    three_days(office)
    other = Policy(OTHER_LOG.log.verifier, OTHER_LOG.clock.verifier)
    verdict = judge_bundle(made().document, other)
    assert (verdict.problem, verdict.values) == ("bundle_other_log", {"origin": "log.test.example"})


def test_the_command_verifies_a_bundle(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three_days(office)
    (tmp_path / "keys").write_text("\n".join(map(str, KEYS.verifiers)))
    file = tmp_path / "bundle.json"
    file.write_text(made().document)
    assert main([str(file), "--keys", str(tmp_path / "keys")]) == 0
    assert "一条不缺" in capsys.readouterr().out
    file.write_text(file.read_text().replace("检查员甲", "检查员乙", 1))
    assert main([str(file), "--keys", str(tmp_path / "keys")]) == 1
    assert "【行为】第 0 号条目" in capsys.readouterr().out
    (tmp_path / "keys").write_text("\n".join(map(str, (*KEYS.verifiers, COURT.verifier))))
    file.write_text(made().document)
    assert main([str(file), "--keys", str(tmp_path / "keys")]) == 0

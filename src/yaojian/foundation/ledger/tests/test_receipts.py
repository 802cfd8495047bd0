"""Receipts: what they prove, what they do not, and every lie about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from yaojian.foundation.ledger.tests.world import (
    ACT,
    COURT,
    KEYS,
    NOON,
    ORIGIN,
    PROMISES_KEY,
    promise,
    small_log,
)
from yaojian.foundation.ledger.transparency.checkpoints import parse_receipt
from yaojian.foundation.ledger.transparency.notes import Ed25519Signer
from yaojian.foundation.ledger.transparency.receipts import (
    Contents,
    Policy,
    file_of,
    from_qr_letters,
    in_qr_letters,
    judge,
    parse_contents,
    parse_policy,
)
from yaojian.foundation.ledger.transparency.verify import main, report, sentences

PLAIN = Policy(KEYS.log.verifier, KEYS.clock.verifier)
STRICT = Policy(KEYS.log.verifier, KEYS.clock.verifier, (COURT.verifier,), 1)


def made(*, claimed_before: timedelta = timedelta(), content: bool = True, witnessed: bool = False) -> str:
    """The receipt of the last of seven entries, seen at noon and covered five seconds later."""
    with TemporaryDirectory() as folder:
        log = small_log(Path(folder), claimed_before=claimed_before, witnessed=witnessed)
        return log.receipt(6, content=content)


def test_a_receipt_proves_entry_content_and_window() -> None:
    verdict = judge(made(), PLAIN)
    assert verdict.problem == ""
    assert verdict.act == json.loads(ACT)
    assert (verdict.earliest, verdict.latest) == (NOON, NOON + timedelta(seconds=6))
    assert not verdict.is_late
    assert not verdict.is_witnessed


def test_witnesses_count_when_enough_have_signed() -> None:
    verdict = judge(made(witnessed=True), STRICT)
    assert verdict.is_witnessed
    assert (verdict.earliest, verdict.latest) == (
        NOON + timedelta(seconds=1),
        NOON + timedelta(seconds=7),
    )
    assert not judge(made(), STRICT).is_witnessed


def test_a_time_claimed_before_the_window_is_late() -> None:
    assert judge(made(claimed_before=timedelta(minutes=6)), PLAIN).is_late


def test_without_content_it_proves_the_entry_alone() -> None:
    verdict = judge(made(content=False), PLAIN)
    assert (verdict.problem, verdict.act) == ("", None)


def with_contents(document: str, change: Callable[[Contents], Contents]) -> str:
    receipt = parse_receipt(document)
    return file_of(receipt, change(parse_contents(receipt.extra)))


LIES = {
    "not_a_receipt": lambda text: text[:200],
    "other_log": lambda text: text.replace("log.test.example\n7", "log.test.exampel\n7"),
    "false_signature": lambda text: text.replace("log.test.example\n7\n", "log.example\n8\n"),
    "not_included": lambda text: text.replace("index 6", "index 5"),
    "content_differs": lambda text: with_contents(
        text,
        lambda told: Contents(
            told.entry, told.seen, told.act.replace("符合".encode(), "不合".encode()), told.salt
        ),
    ),
    "seen_differs": lambda text: with_contents(
        text, lambda told: Contents(told.entry, told.seen.replace("\n6\n", "\n5\n"), told.act, told.salt)
    ),
}


@pytest.mark.parametrize("problem", LIES)
def test_lies(problem: str) -> None:
    document = LIES[problem](made())
    if problem == "other_log":
        assert judge(document, PLAIN).problem == "false_signature"
        stranger = Ed25519Signer(ORIGIN, bytes([9] * 32)).verifier
        assert judge(made(), Policy(stranger)).problem == "other_log"
    else:
        assert judge(document, PLAIN).problem == problem


def test_a_changed_entry_is_not_included() -> None:
    def rewrite(told: Contents) -> Contents:
        return Contents(told.entry.replace(b"xj.cj", b"xj.bt"), told.seen, told.act, told.salt)

    assert judge(with_contents(made(), rewrite), PLAIN).problem == "not_included"


def test_a_qr_code_holds_a_whole_receipt() -> None:
    letters = in_qr_letters(made())
    assert from_qr_letters(letters) == made()
    assert judge(letters, PLAIN).problem == ""
    assert judge(letters[:-9], PLAIN).problem == "not_a_receipt"
    assert judge(letters.replace("YJ1:", "YJ1:é"), PLAIN).problem == "not_a_receipt"


def test_policies() -> None:
    lines = [str(key) for key in (*KEYS.verifiers, COURT.verifier)]
    assert parse_policy(lines) == STRICT
    assert parse_policy([*lines, "quorum 0"]).quorum == 0
    for wrong in ([], lines[1:], [lines[0], lines[0]], [*lines, "quorum 2"], ["x"]):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_policy(wrong)


def test_the_command_says_it_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    receipt, keys = tmp_path / "r", tmp_path / "k"
    receipt.write_text(made())
    keys.write_text("".join(f"{key}\n" for key in KEYS.verifiers))
    assert main([str(receipt), "--keys", str(keys)]) == 0
    said = capsys.readouterr().out
    assert "2026-11-20 12:00:00 之后，2026-11-20 12:00:06 之前" in said
    assert "没有外部见证人" in said
    assert "符合要求" in said
    receipt.write_text(LIES["content_differs"](made()))
    assert main([str(receipt), "--keys", str(keys), "--lang", "en"]) == 1
    assert "altered" in capsys.readouterr().out


def test_promises() -> None:
    keys = [str(key) for key in (*KEYS.verifiers, PROMISES_KEY.verifier)]
    policy = parse_policy(keys)
    said = report(judge(promise(), policy), "zh")
    for words in ("承诺", "2026-11-20 12:10:00 前", "不证明行为已载入日志"):
        assert words in said
    assert judge(promise(), PLAIN).problem == "other_log"
    assert judge(promise(origin="other.example"), policy).problem == "other_log"
    later = promise().replace("T04:10:00", "T05:10:00")
    assert judge(later, policy).problem == "false_signature"
    assert judge(promise().replace("recorded ", "recorded  "), policy).problem == "not_a_receipt"
    assert judge(made(), policy).problem == ""


def test_both_languages_say_the_same_things() -> None:
    assert sentences("zh").keys() == sentences("en").keys()

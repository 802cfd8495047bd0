"""The SM2 line beside the log's own: the standard's own answers, OpenSSL's, and who knows no SM2."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from yaojian.foundation.ledger.tests.world import KEYS, ORIGIN, small_log
from yaojian.foundation.ledger.transparency import sm2
from yaojian.foundation.ledger.transparency.keys import KeyRefused, add_sm2, make_keys, read_keys
from yaojian.foundation.ledger.transparency.notes import (
    Note,
    NoteRefused,
    SignatureLine,
    Sm2Signer,
    Verifier,
    parse_note,
    signatures_by,
)
from yaojian.foundation.ledger.transparency.receipts import judge, parse_policy
from yaojian.foundation.ledger.transparency.verify import report

# GB/T 32918.5-2017, annex A: key, message and signature.
SEED = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
POINT = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
ANSWER = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
SIGNER = Sm2Signer(f"{ORIGIN}/sm2", SEED)
POLICY = [*map(str, KEYS.verifiers), str(SIGNER.verifier)]


def test_the_answers_of_the_standard() -> None:
    assert sm2.public_point(SEED) == POINT
    assert sm2.holds(POINT, b"message digest", ANSWER)
    assert not sm2.holds(POINT, b"message digesT", ANSWER)
    assert not sm2.holds(POINT, b"message digest", ANSWER[:-1])
    assert sm2.is_public(POINT)
    assert not sm2.is_public(POINT[:-1] + b"\0")


@pytest.mark.parametrize("seed", [b"", bytes(32), bytes(31), b"\xff" * 32])
def test_what_is_no_private_key(seed: bytes) -> None:
    with pytest.raises(ValueError, match="no private"):
        sm2.public_point(seed)


def test_openssl_agrees(tmp_path: Path) -> None:
    """OpenSSL, other people's code, takes our signature and refuses it for another text."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("NOT PROVED with other people's code: apt install openssl, run again")
    head = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
    pem = base64.b64encode(head + POINT).decode()
    (tmp_path / "key.pem").write_text(f"-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n")
    (tmp_path / "text").write_bytes(b"a checkpoint\n")
    (tmp_path / "sig").write_bytes(_der(SIGNER.sign("a checkpoint\n").signature))
    command = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", str(tmp_path / "key.pem"), "-rawin"]
    command += ["-digest", "sm3", "-in", str(tmp_path / "text"), "-sigfile", str(tmp_path / "sig")]
    command += ["-pkeyopt", "distid:1234567812345678"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    (tmp_path / "text").write_bytes(b"another checkpoint\n")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def _der(signature: bytes) -> bytes:
    numbers = b""
    for half in (signature[:32], signature[32:]):
        value = int.from_bytes(half, "big")
        raw = value.to_bytes(value.bit_length() // 8 + 1, "big")
        numbers += b"\x02" + bytes([len(raw)]) + raw
    return b"\x30" + bytes([len(numbers)]) + numbers


def test_a_key_is_exchanged_and_a_false_line_refused() -> None:
    key = Verifier.parse(str(SIGNER.verifier))
    assert key == SIGNER.verifier
    line = SIGNER.sign("text\n")
    assert signatures_by(Note("text\n", (line,)), [key]) == [(key, line)]
    with pytest.raises(NoteRefused):
        signatures_by(Note("other\n", (line,)), [key])
    short = SignatureLine(line.name, line.key_id, line.signature[:-1])
    with pytest.raises(NoteRefused):
        signatures_by(Note("text\n", (short,)), [key])


def with_sm2(document: str, line: SignatureLine) -> str:
    """A receipt whose checkpoint has one line more."""
    return f"{document}{line}\n"


def test_a_receipt_says_whether_sm2_was_checked(tmp_path: Path) -> None:
    log = small_log(tmp_path)
    document = log.receipt(6)
    text = parse_note(log.note).text
    assert judge(document, parse_policy(POLICY[:2])).has_sm2 is None
    absent = judge(document, parse_policy(POLICY))
    assert absent.has_sm2 is False
    assert "没有所指定的国密" in report(absent, "zh")
    signed = judge(with_sm2(document, SIGNER.sign(text)), parse_policy(POLICY))
    assert (signed.problem, signed.has_sm2) == ("", True)
    assert "经核对为真" in report(signed, "zh")
    false = with_sm2(document, SIGNER.sign("another\n"))
    assert judge(false, parse_policy(POLICY)).problem == "false_signature"
    # Who was not given the key ignores the line, whatever it says.
    assert judge(false, parse_policy(POLICY[:2])).problem == ""


def test_the_key_is_made_once_and_kept_with_the_others(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    before = make_keys(file, ORIGIN)
    assert before.sm2 is None
    with pytest.raises(ValueError, match="no private"):
        add_sm2(file, b"\xff" * 32)
    key = add_sm2(file, SEED)
    keys = read_keys(file)
    assert keys.verifiers == (*before.verifiers, key)
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        add_sm2(file)
    file.write_text(json.dumps({**json.loads(file.read_text()), "sm2": "00"}))
    with pytest.raises(KeyRefused):
        read_keys(file)

"""Our log under other people's code: Go's packages, Sigstore's client, pymerkle, a witness of Sigsum.

What is not installed is skipped, and the end of the run counts it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from yaojian.foundation.ledger.sequencing.cosigning import Cosigners, troubles_of
from yaojian.foundation.ledger.tests.world import COURT, KEYS, NOON, SALT, SmallLog
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.checkpoints import Checkpoint
from yaojian.foundation.ledger.transparency.hashing import leaf_hash
from yaojian.foundation.ledger.transparency.notes import (
    COSIGNATURE,
    Ed25519Signer,
    Note,
    SignatureLine,
    Sm2Signer,
    Verifier,
    parse_note,
)
from yaojian.foundation.ledger.transparency.proofs import check_consistency
from yaojian.foundation.ledger.transparency.tiles import Growth, TileReader
from yaojian.foundation.ledger.transparency.witnessing import Witness as WitnessOfALog
from yaojian.foundation.ledger.transparency.witnessing import Witnesses

PROGRAM = Path(__file__).with_name("log_check.go")
SIGSTORE_PROGRAM = Path(__file__).with_name("log_check.js")
SIGSTORE = "@sigstore/verify@3.1.1"
DEBIANS_PACKAGES = Path("/usr/share/gocode")


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built with Debian's packages."""
    compiler = shutil.which("go")
    if compiler is None or not (DEBIANS_PACKAGES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip(
            "NOT PROVED with other people's code: apt install golang-go golang-golang-x-mod-dev, run again"
        )
    folder = tmp_path_factory.mktemp("go")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": f"{folder}:{DEBIANS_PACKAGES}"}
    environment.setdefault("HOME", str(folder))
    command = [compiler, "build", "-o", str(folder / "log_check"), str(PROGRAM)]
    subprocess.run(command, env=environment, check=True, capture_output=True, cwd=folder)
    return folder / "log_check"


def grown(folder: Path, sizes: tuple[int, ...]) -> list[Path]:
    """A log that grew to each of the sizes; the checkpoints of all of them, kept elsewhere."""
    log, kept = SmallLog(folder / "log"), []
    for size in sizes:
        begin = log.growth.size
        log.grow((log.leaf(b"act %d" % number, SALT, NOON) for number in range(begin, size)), NOON)
        log.files.drop_partials(begin, size)
        kept.append(folder / f"checkpoint-{size}")
        kept[-1].write_text(log.note)
    return kept


def judged(go: Path, folder: Path, *older: Path) -> subprocess.CompletedProcess[str]:
    command = [str(go), str(folder / "log"), str(KEYS.log.verifier), *map(str, older)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(1,), (3, 5, 256), (7, 255, 257, 600)])
def test_go_opens_the_checkpoint_and_proves_every_entry(
    go: Path, tmp_path: Path, sizes: tuple[int, ...]
) -> None:
    older = grown(tmp_path, sizes)
    done = judged(go, tmp_path, *older)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"proved {sizes[-1]} entries",
        *(f"consistent with {size}" for size in sizes),
    ]


@pytest.mark.slow
def test_go_opens_a_checkpoint_by_its_cosignature(go: Path, tmp_path: Path) -> None:
    log = SmallLog(tmp_path / "log", is_witnessed=True)
    log.grow((log.leaf(b"act %d" % number, SALT, NOON) for number in range(5)), NOON)
    checkpoint = tmp_path / "log/checkpoint"
    command = [str(go), "cosigned", str(checkpoint), str(COURT.verifier)]
    opened = subprocess.run(command, capture_output=True, text=True, check=False)
    assert opened.stdout == f"court.example at {int(NOON.timestamp()) + 1}\n", opened.stderr
    checkpoint.write_text(log.note.replace("\n5\n", "\n6\n"))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


@pytest.mark.slow
def test_go_passes_over_a_line_in_an_algorithm_that_it_does_not_know(go: Path, tmp_path: Path) -> None:
    grown(tmp_path, (5,))
    checkpoint = tmp_path / "log/checkpoint"
    note = parse_note(checkpoint.read_text())
    line = Sm2Signer(f"{KEYS.origin}/sm2", bytes([7] * 32)).sign(note.text)
    checkpoint.write_text(str(note.with_lines([line])))
    done = judged(go, tmp_path)
    assert (done.stdout, done.stderr) == ("proved 5 entries\n", "")


@pytest.mark.slow
def test_go_finds_what_was_changed(go: Path, tmp_path: Path) -> None:
    older = grown(tmp_path, (5, 300))
    log = tmp_path / "log"
    for name, place in (("tile/0/000", 40), ("tile/entries/000", 100), ("checkpoint", 20)):
        content = bytearray((log / name).read_bytes())
        content[place] ^= 1
        (log / name).write_bytes(content)
        assert judged(go, tmp_path).returncode == 1, name
        content[place] ^= 1
        (log / name).write_bytes(content)
    assert judged(go, tmp_path, *older).returncode == 0
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    stranger = SmallLog(elsewhere / "log")
    stranger.grow((stranger.leaf(b"another act", SALT, NOON) for _number in range(5)), NOON)
    kept = elsewhere / "checkpoint"
    kept.write_text(stranger.note)
    assert judged(go, tmp_path, kept).returncode == 1


@pytest.fixture(scope="module")
def pymerkle() -> Any:
    """A package of other people that keeps such trees in memory."""
    try:
        import pymerkle
    except ImportError:
        pytest.skip("NOT PROVED with other people's code: pip install pymerkle, run again")
    return pymerkle


@pytest.mark.parametrize("size", [1, 2, 7, 255, 256, 257, 600])
def test_pymerkle_gives_the_same_roots_and_paths(pymerkle: Any, size: int, tmp_path: Path) -> None:
    """Entries read from our published files; roots, inclusion and consistency as pymerkle has them."""
    log = SmallLog(tmp_path)
    log.grow((log.leaf(b"act %d" % number, SALT, NOON) for number in range(size)), NOON)
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for index in range(size):
        tree.append_entry(log.files.entries(index, index + 1)[0])
    nodes = log.files.nodes(size)
    assert proofs.root(size, nodes) == tree.get_root(size)
    for index in {0, size // 2, size - 1}:
        judged = tree.prove_inclusion(index + 1, size)
        leaf, *path = (bytes.fromhex(part) for part in judged.serialize()["path"])
        assert leaf == leaf_hash(log.files.entries(index, index + 1)[0])
        assert path == proofs.inclusion_proof(index, size, nodes)
    for old in {1, size // 2, size - 1} - {0}:
        pymerkle.verify_consistency(
            tree.get_root(old), tree.get_root(size), tree.prove_consistency(old, size)
        )
        check_consistency(
            old, size, tree.get_root(old), tree.get_root(size), proofs.consistency_proof(old, size, nodes)
        )


@pytest.fixture(scope="module")
def sigstore() -> Path:
    """The folder with Sigstore's client, fetched once from the npm registry."""
    npm = shutil.which("npm")
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yaojian-tests" / "sigstore"
    if npm and not (folder / "node_modules/@sigstore/verify").is_dir():
        command = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
        folder.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run([*command, SIGSTORE], check=True, capture_output=True, timeout=120)
        except (subprocess.SubprocessError, OSError):
            shutil.rmtree(folder, ignore_errors=True)
    if not shutil.which("node") or not (folder / "node_modules/@sigstore/verify").is_dir():
        pytest.skip(
            f"NOT PROVED with other people's code: needs node ≥ 20.17, npm and its registry for {SIGSTORE}"
        )
    return folder


def judged_by_sigstore(folder: Path, log: SmallLog, indexes: list[int]) -> subprocess.CompletedProcess[str]:
    key, size, nodes = KEYS.log.verifier, log.growth.size, log.files.nodes(log.growth.size)
    said = {
        "checkpoint": (log.folder / "checkpoint").read_text(),
        "name": key.name,
        "keyId": _base64(key.key_id),
        "key": _base64(key.public_key),
        "entries": [
            {
                "index": index,
                "body": _base64(log.files.entries(index, index + 1)[0]),
                "path": [_base64(part) for part in proofs.inclusion_proof(index, size, nodes)],
            }
            for index in indexes
        ],
    }
    command = ["node", str(SIGSTORE_PROGRAM), str(folder)]
    return subprocess.run(command, input=json.dumps(said), capture_output=True, text=True, check=False)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.mark.slow
def test_sigstore_opens_the_checkpoint_and_proves_entries(sigstore: Path, tmp_path: Path) -> None:
    log = SmallLog(tmp_path / "log", is_witnessed=True)
    log.grow((log.leaf(b"act %d" % number, SALT, NOON) for number in range(600)), NOON)
    # A line in an algorithm that it does not know stands among the others.
    note = parse_note(log.note)
    sm2_line = Sm2Signer(f"{KEYS.origin}/sm2", bytes([7] * 32)).sign(note.text)
    (log.folder / "checkpoint").write_text(str(note.with_lines([sm2_line])))
    done = judged_by_sigstore(sigstore, log, [0, 1, 255, 256, 511, 599])
    assert (done.stdout, done.stderr) == ("proved 6 entries\n", "")
    (log.folder / "checkpoint").write_text(log.note.replace("\n600\n", "\n601\n"))
    refused = judged_by_sigstore(sigstore, log, [0])
    assert refused.returncode == 1
    assert "invalid checkpoint signature" in refused.stderr


@pytest.fixture
def sigsum(tmp_path: Path) -> Iterator[tuple[Ed25519Signer, WitnessOfALog]]:
    """A witness of Sigsum at work, and the signer of a log that has the name it asks of logs.

    It cosigns only logs called sigsum.org/v1/tree/<SHA-256 of their key>; ours are called by their address.
    """
    program, keys = shutil.which("sigsum-witness"), shutil.which("sigsum-key")
    if program is None or keys is None:
        pytest.skip("NOT PROVED with other people's code: on Debian trixie apt install sigsum-go, run again")
    public = Ed25519Signer("x", bytes([9] * 32)).verifier.public_key
    signer = Ed25519Signer(f"sigsum.org/v1/tree/{hashlib.sha256(public).hexdigest()}", bytes([9] * 32))
    algorithm = b"ssh-ed25519"
    line = struct.pack(">I", len(algorithm)) + algorithm + struct.pack(">I", len(public)) + public
    (tmp_path / "log.pub").write_text(f"ssh-ed25519 {_base64(line)} log\n")
    subprocess.run([keys, "generate", "-o", str(tmp_path / "key")], check=True, capture_output=True)
    own = base64.b64decode((tmp_path / "key.pub").read_text().split()[1])[-32:]
    name = f"sigsum.org/v1/witness/{hashlib.sha256(own).hexdigest()}"
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "-k", str(tmp_path / "key"), "--log-key", str(tmp_path / "log.pub")]
    command += ["--state-file", str(tmp_path / "state"), f"127.0.0.1:{port}"]
    # Its paths hold a method; Go before 1.22, which some builds follow, took that for a part of the path.
    process = subprocess.Popen(command, env={**os.environ, "GODEBUG": "httpmuxgo121=0"})
    try:
        _wait_for(port)
        yield signer, WitnessOfALog(Verifier(name, COSIGNATURE, own), f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    for _attempt in range(100):
        with closing(socket.socket()) as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the witness did not start")


@pytest.mark.slow
def test_a_witness_of_sigsum_cosigns_our_tree(
    sigsum: tuple[Ed25519Signer, WitnessOfALog], tmp_path: Path
) -> None:
    """Our client asks it as every witness; it checks our proofs and refuses what does not continue."""
    signer, theirs = sigsum
    entries = [b"entry %d" % number for number in range(600)]
    cosigners = Cosigners(Witnesses((theirs,), 1), tmp_path, now=lambda: datetime.now(UTC), again_after_s=0)

    def seek(size: int, signed: Ed25519Signer, lie: bytes = b"") -> list[SignatureLine]:
        nodes = TileReader(size, Growth(0, {}).append(entries[:size]).__getitem__)
        checkpoint = Checkpoint(signed.name, size, lie or proofs.root(size, nodes))
        note = Note(checkpoint.text, (signed.sign(checkpoint.text),))
        return cosigners.seek(note, checkpoint, lambda old: proofs.consistency_proof(old, size, nodes))

    for size in (5, 300, 599):
        (line,) = seek(size, signer)
        assert line.name == theirs.key.name
    assert seek(600, signer, lie=bytes(32)) == []
    assert troubles_of(tmp_path)[theirs.key.name]["state"] == "objects"
    assert seek(600, KEYS.log) == []
    assert troubles_of(tmp_path)[theirs.key.name]["state"] == "unknown_log"

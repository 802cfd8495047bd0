"""Our log under other people's code: Go's packages for notes and transparency logs judge what we publish."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from yaojian.foundation.ledger.tests.world import COURT, KEYS, NOON, SALT, SmallLog
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.hashing import leaf_hash
from yaojian.foundation.ledger.transparency.notes import Sm2Signer, parse_note
from yaojian.foundation.ledger.transparency.proofs import check_consistency

PROGRAM = Path(__file__).with_name("log_check.go")
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

"""The engine of the log beside slow references, known answers, and lies."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.checkpoints import (
    Checkpoint,
    Receipt,
    parse_checkpoint,
    parse_receipt,
)
from yaojian.foundation.ledger.transparency.hashing import (
    EMPTY_ROOT,
    leaf_hash,
    perfect_root,
    root_of,
    root_of_hashes,
)
from yaojian.foundation.ledger.transparency.notes import (
    Cosigner,
    Ed25519Signer,
    Note,
    NoteRefused,
    Verifier,
    parse_note,
    signatures_by,
    time_of,
)
from yaojian.foundation.ledger.transparency.proofs import ProofRefused
from yaojian.foundation.ledger.transparency.tiles import (
    Growth,
    Tile,
    TileDamaged,
    TileReader,
    bundle_path,
    pack_entries,
    path_of_index,
    tiles_between,
    tiles_of,
    unpack_entries,
)

RFC_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
RFC_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def entries(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def built(count: int, batch: int = 1000) -> dict[Tile, bytes]:
    """All tiles that were ever written while a log grew in batches."""
    growth, written, wanted = Growth(0, {}), {}, entries(count)
    for begin in range(0, count, batch):
        written.update(growth.append(wanted[begin : begin + batch]))
    return written


def reader(count: int, batch: int = 1000) -> TileReader:
    return TileReader(count, built(count, batch).__getitem__)


def test_known_answers() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of([]) == EMPTY_ROOT
    assert root_of(RFC_LEAVES).hex() == RFC_ROOT
    assert perfect_root([leaf_hash(leaf) for leaf in RFC_LEAVES]).hex() == RFC_ROOT


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 513, 1000])
def test_the_root_from_tiles_is_the_obvious_root(size: int) -> None:
    assert proofs.root(size, reader(size)) == root_of(entries(size))


def test_the_root_of_three_levels_of_tiles() -> None:
    size = 66_003
    assert proofs.root(size, reader(size)) == root_of(entries(size))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), size=st.integers(1, 700), batch=st.integers(1, 300))
def test_inclusion(data: st.DataObject, size: int, batch: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = proofs.inclusion_proof(index, size, reader(size, batch))
    root, leaf = root_of(entries(size)), leaf_hash(entries(size)[index])
    proofs.check_inclusion(leaf, index, size, proof, root)
    assert len(proof) <= (size - 1).bit_length()
    for lie in (
        (leaf_hash(b"other"), index, size, proof, root),
        (leaf, index, size, [*proof, bytes(32)], root),
        (leaf, index, size, proof, root_of([b"other"])),
        (leaf, index + size, size, proof, root),
    ):
        with pytest.raises(ProofRefused):
            proofs.check_inclusion(*lie)
    if proof:
        with pytest.raises(ProofRefused):
            proofs.check_inclusion(leaf, index, size, proof[:-1], root)
        with pytest.raises(ProofRefused):
            proofs.check_inclusion(leaf, index ^ 1, size, proof, root)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), new=st.integers(0, 700))
def test_consistency(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(0, new))
    proof = proofs.consistency_proof(old, new, reader(new))
    old_root, new_root = root_of(entries(old)), root_of(entries(new))
    proofs.check_consistency(old, new, old_root, new_root, proof)
    forked = root_of([*entries(max(new - 1, 0)), b"another"])
    for lie in (
        (old, new, old_root, forked, proof),
        (old, new, old_root, new_root, [*proof, bytes(32)]),
        (old, new, root_of([b"another", *entries(old)]), new_root, proof),
    ):
        if lie[:4] == (0, new, EMPTY_ROOT, forked):
            continue  # the empty tree begins every tree
        with pytest.raises(ProofRefused):
            proofs.check_consistency(*lie)


@given(old=st.integers(0, 1500), more=st.integers(0, 1500))
def test_the_tiles_that_change(old: int, more: int) -> None:
    before, after = set(tiles_of(old)), set(tiles_of(old + more))
    assert set(tiles_between(old, old + more)) == after - before
    growth = Growth(0, {})
    growth.append(entries(old))
    assert set(growth.append(entries(old + more)[old:])) == (after - before)


def test_paths() -> None:
    assert path_of_index(0) == "000"
    assert path_of_index(1234067) == "x001/x234/067"
    assert Tile(1, 5, 17).path == "tile/1/005.p/17"
    assert bundle_path(1000) == "tile/entries/x001/000"


def test_bundles() -> None:
    packed = pack_entries([b"", b"abc", bytes(65535)])
    assert unpack_entries(packed, 3) == [b"", b"abc", bytes(65535)]
    for damaged in (packed[:-1], packed + b"\x00", packed + b"\x00\x00"):
        with pytest.raises(TileDamaged):
            unpack_entries(damaged, 3)
    with pytest.raises(ValueError, match="65535"):
        pack_entries([bytes(65536)])
    with pytest.raises(TileDamaged):
        Growth(3, {0: [bytes(32)]})


LOG = Ed25519Signer("yaojian.example/log", bytes(range(32)))
WITNESS = Cosigner("witness.example/court", bytes(range(1, 33)))


def signed(size: int = 5) -> Note:
    text = Checkpoint("yaojian.example/log", size, root_of(entries(size))).text
    return Note(text, (LOG.sign(text), WITNESS.sign(text, 1_700_000_000)))


def test_a_note_that_everybody_signed() -> None:
    note = parse_note(str(signed()))
    assert note == signed()
    found = signatures_by(note, [LOG.verifier, WITNESS.verifier])
    assert [key.name for key, _line in found] == [LOG.name, WITNESS.name]
    assert time_of(found[1][1]) == 1_700_000_000
    assert Verifier.parse(str(LOG.verifier)) == LOG.verifier
    stranger = Ed25519Signer(LOG.name, bytes(32)).verifier
    assert signatures_by(note, [stranger]) == []


def test_a_known_signed_note() -> None:
    # The example key of the Go package golang.org/x/mod/sumdb/note.
    key = Verifier.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    note = parse_note(
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKv"
        "qfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert len(signatures_by(note, [key])) == 1


@pytest.mark.parametrize(
    "document",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n— a b c\n",
        "text\n\n- name AAAAAAAA\n",
        "a\x07\n\n— n AAAAAAA=\n",
    ],
)
def test_a_malformed_note_is_refused(document: str) -> None:
    with pytest.raises(NoteRefused):
        parse_note(document)


def test_a_false_signature_is_refused() -> None:
    note = signed()
    other = Note(note.text.replace("\n5\n", "\n6\n"), note.lines)
    for key in (LOG.verifier, WITNESS.verifier):
        with pytest.raises(NoteRefused):
            signatures_by(other, [key])


def test_a_receipt_says_what_it_said() -> None:
    path = tuple(proofs.inclusion_proof(2, 5, reader(5)))
    receipt = Receipt(2, path, signed(), b"salt")
    again = parse_receipt(str(receipt))
    assert again == receipt
    checkpoint = parse_checkpoint(again.checkpoint)
    proofs.check_inclusion(
        leaf_hash(entries(5)[2]), again.index, checkpoint.size, again.path, checkpoint.root
    )
    for damaged in (
        str(receipt).replace("index 2", "index 02"),
        str(receipt).replace("index 2\n", ""),
        str(receipt).replace("c2sp.org", "example.org"),
        str(receipt)[:60],
    ):
        with pytest.raises(NoteRefused):
            parse_receipt(damaged)


def test_the_root_by_levels_is_the_root_by_definition() -> None:
    entries = [b"%d" % number for number in range(70)]
    for size in range(len(entries) + 1):
        assert root_of_hashes([leaf_hash(entry) for entry in entries[:size]]) == root_of(entries[:size])

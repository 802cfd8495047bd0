"""Files that may hold personal data, sealed at rest: on the disk they open with the installation's key only.

A sealed file is a header (format, name of the wrapping key, the file's own key under it) and blocks, each
its length and AES-256-GCM ciphertext. Blocks are bound to the file's name, to their number and to whether
they are the last, so that none can be changed, moved, taken from another file or left off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.privacy.contracts import SealBroken
from yaojian.foundation.privacy.keys import current_wrapping_key, wrapping_key_named
from yaojian.foundation.privacy.sealing import CannotOpen, decrypted, encrypted, new_key, place

FORMAT = b"YJF1"
BLOCK = 1024 * 1024
_SHORT, _LONG = 2, 4


def sealed_pieces(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The bytes of a sealed file, while its content comes in. Raises KeyUnknown without a key."""
    wrapping, key = current_wrapping_key(), new_key()
    yield FORMAT
    for part in (wrapping.id.encode(), encrypted(wrapping.secret, key, place("file key", name))):
        yield len(part).to_bytes(_SHORT, "big") + part
    held, number = bytearray(), 0
    for piece in pieces:
        held += piece
        while len(held) > BLOCK:
            yield _block(key, bytes(held[:BLOCK]), _where(name, number, is_last=False))
            number += 1
            del held[:BLOCK]
    yield _block(key, bytes(held), _where(name, number, is_last=True))


def opened_pieces(file: BinaryIO, name: str) -> Iterator[bytes]:
    """The content of a sealed file. Raises SealBroken, KeyUnknown."""
    try:
        yield from _opened(file, name)
    except CannotOpen:
        raise SealBroken(
            _("The stored file was changed or belongs to something else."),
            cure=_("Send the file again."),
        ) from None


def _opened(file: BinaryIO, name: str) -> Iterator[bytes]:
    if file.read(len(FORMAT)) != FORMAT:
        raise CannotOpen
    wrapping = wrapping_key_named(_read(file, _SHORT).decode("ascii", "replace"))
    key = decrypted(wrapping.secret, _read(file, _SHORT), place("file key", name))
    number, block = 0, _read(file, _LONG)
    while length := file.read(_LONG):
        yield decrypted(key, block, _where(name, number, is_last=False))
        number, block = number + 1, _exactly(file, int.from_bytes(length, "big"))
    yield decrypted(key, block, _where(name, number, is_last=True))


def _block(key: bytes, content: bytes, where: bytes) -> bytes:
    block = encrypted(key, content, where)
    return len(block).to_bytes(_LONG, "big") + block


def _where(name: str, number: int, *, is_last: bool) -> bytes:
    return place("file", name, str(number), "last" if is_last else "more")


def _read(file: BinaryIO, length_bytes: int) -> bytes:
    return _exactly(file, int.from_bytes(_exactly(file, length_bytes), "big"))


def _exactly(file: BinaryIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) != size:
        raise CannotOpen
    return content

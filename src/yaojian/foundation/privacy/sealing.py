"""Sealing of values and wrapping of keys: AES-256-GCM, HKDF-SHA-256, HMAC-SHA-256. Pure.

Two layers: an installation key gives a wrapping key, which wraps one random data key per owner; the data key
seals the owner's fields. Each seal is bound to its owner and field, so that it opens nowhere else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = "y1."
"""What every sealed text begins with; another format gets another beginning."""


class CannotOpen(Exception):
    """The bytes are damaged, were made with another key, or belong to another place."""


@dataclass(frozen=True, slots=True)
class WrappingKey:
    """A key-encryption key and the name by which wrapped keys remember it."""

    id: str
    secret: bytes = field(repr=False)


def wrapping_key(installation_key: str) -> WrappingKey:
    """The wrapping key that an installation key gives; its id (16 hex digits) does not give it away."""
    material = installation_key.encode()
    return WrappingKey(
        id=_derived(material, b"yaojian wrapping key id", 8).hex(),
        secret=_derived(material, b"yaojian wrapping key", KEY_BYTES),
    )


def _derived(material: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(material)


def new_key() -> bytes:
    """A random data key of 256 bits."""
    return os.urandom(KEY_BYTES)


def place(*parts: str) -> bytes:
    """The place a seal is bound to; its parts cannot run into each other."""
    return "\x00".join(("yaojian", *parts)).encode()


def encrypted(key: bytes, content: bytes, where: bytes) -> bytes:
    """Nonce (12 bytes) and AES-256-GCM ciphertext with tag, bound to a place."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, where)


def decrypted(key: bytes, content: bytes, where: bytes) -> bytes:
    """What `encrypted` was given. Raises CannotOpen for another key, another place or changed bytes."""
    try:
        return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], where)
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def sealed_text(key: bytes, value: str, where: bytes) -> str:
    """A value as text that only `key` opens, at this place only."""
    return FORMAT + base64.urlsafe_b64encode(encrypted(key, value.encode(), where)).decode()


def opened_text(key: bytes, sealed: str, where: bytes) -> str:
    """The value in a sealed text. Raises CannotOpen."""
    if not sealed.startswith(FORMAT):
        raise CannotOpen
    try:
        content = base64.b64decode(sealed[len(FORMAT) :], altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CannotOpen from None
    if base64.urlsafe_b64encode(content).decode() != sealed[len(FORMAT) :]:
        raise CannotOpen  # the last character has bits that decoding passes over
    return decrypted(key, content, where).decode()


def keyed_digest(key: bytes, field_name: str, value: str) -> str:
    """A keyed digest (HMAC-SHA-256, 64 hex digits) by which equal values of a field are found."""
    return hmac.new(key, place(field_name, value), hashlib.sha256).hexdigest()


def mask(value: str) -> str:
    """A value with its middle hidden: `652***********123X`, `138****8000`; short ones are hidden wholly."""
    length = len(value)
    if length < 6:
        return "*" * length
    head, tail = (3, 4) if length >= 10 else (1, 1)
    return value[:head] + "*" * (length - head - tail) + value[-tail:]

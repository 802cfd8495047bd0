"""Secrets that must be read again: sealed under the installation key and bound to whom they belong to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import Misconfigured

NONCE_BYTES = 12


@lru_cache(maxsize=32)
def _cipher(installation_key: str) -> AESGCM:
    # A key of its own for this purpose, so that no other use of the installation key opens what it closed.
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"yaojian sign-in secrets")
    return AESGCM(derive.derive(installation_key.encode()))


def _known_keys() -> Iterator[str]:
    """The keys this process was given, then those of the key file, which may have been rotated meanwhile."""
    yield from settings.INSTALLATION_KEYS
    file = Path(settings.KEY_FILE)
    if file.exists():
        content = json.loads(file.read_text())
        yield content["installation_key"]
        yield from content.get("previous_installation_keys", ())


def seal(secret: str, *, owner: str) -> bytes:
    """`secret` encrypted (AES-256-GCM) and bound to `owner`; the nonce stands in front.

    Raises Misconfigured when this process was started without the installation's key.
    """
    if not settings.INSTALLATION_KEYS:
        raise Misconfigured(
            _("This process was started without the installation's key, so no secret can be kept."),
            cure=_("Start it with ./yaojian, or set YAOJIAN_INSTALLATION_KEY."),
        )
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(settings.INSTALLATION_KEYS[0]).encrypt(nonce, secret.encode(), owner.encode())


def unseal(sealed: bytes, *, owner: str) -> str:
    """What was sealed for `owner`. Raises Misconfigured when no known installation key opens it."""
    for key in _known_keys():
        try:
            return _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.encode()).decode()
        except InvalidTag:
            continue
    raise Misconfigured(
        _("A stored sign-in secret cannot be opened with this installation's key."),
        cure=_("Restore the key that belongs to this database, or have the second factor reset."),
    )

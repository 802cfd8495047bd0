"""The installation's keys and the data keys they wrap, in memory only while they are needed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.copying import is_any_of
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.privacy.contracts import KeyDestroyed, KeyUnknown, SealBroken
from yaojian.foundation.privacy.models import DataKey
from yaojian.foundation.privacy.sealing import (
    CannotOpen,
    WrappingKey,
    decrypted,
    encrypted,
    new_key,
    place,
    wrapping_key,
)
from yaojian.foundation.timekeeping import now

INDEX = Ref("privacy.index", 1)
"""The owner of the key of blind indexes: a data key like any other, so that rotation reaches it too."""

# Deriving costs as much as a seal; an installation has one key, and a few old ones after rotations.
_derived = lru_cache(maxsize=32)(wrapping_key)


def current_wrapping_key() -> WrappingKey:
    """The key that wraps new data keys. Raises KeyUnknown when the installation has none."""
    if not settings.INSTALLATION_KEYS:
        raise KeyUnknown(
            _("This process was started without the installation's key, so personal data stays sealed."),
            cure=_("Start it with ./yaojian, or set YAOJIAN_INSTALLATION_KEY."),
        )
    return _derived(settings.INSTALLATION_KEYS[0])


def _wrapping_keys(texts: Collection[str]) -> dict[str, WrappingKey]:
    return {key.id: key for key in map(_derived, texts)}


def wrapping_key_named(key_id: str) -> WrappingKey:
    """The wrapping key with an id; looks into the key file again, for it may have been rotated meanwhile."""
    known = _wrapping_keys(settings.INSTALLATION_KEYS)
    found = known.get(key_id) or _wrapping_keys(_keys_in_file(Path(settings.KEY_FILE))).get(key_id)
    if found is None:
        raise KeyUnknown(
            _("The personal data was sealed under another installation's key (%(id)s).") % {"id": key_id},
            cure=_("Put that key into secrets.json among previous_installation_keys and restart."),
        )
    return found


def _keys_in_file(file: Path) -> list[str]:
    """The keys of the installation's key file; none when this process has no such file."""
    try:
        content = json.loads(file.read_text())
    except FileNotFoundError:
        return []
    return [content["installation_key"], *content.get("previous_installation_keys", ())]


def wrapped_under(key: WrappingKey, owner: Ref, data_key: bytes) -> bytes:
    """A data key as it is stored, bound to its owner."""
    return encrypted(key.secret, data_key, place("key", owner.kind, str(owner.id)))


def unwrapped(row: DataKey) -> bytes:
    """The data key in a row. Raises KeyDestroyed, KeyUnknown or SealBroken."""
    if row.wrapped is None:
        raise KeyDestroyed(
            _("The personal data was erased, and its key was destroyed."),
            cure=_("It cannot be brought back. Enter the person anew if that is lawful."),
        )
    key = wrapping_key_named(row.wrapping_key_id)
    try:
        return decrypted(key.secret, bytes(row.wrapped), place("key", row.owner_kind, str(row.owner_id)))
    except CannotOpen:
        raise SealBroken(
            _("The stored key of this data was changed or belongs to somebody else."),
            cure=_("Restore it from a backup and tell your security officer."),
        ) from None


def existing_keys(owners: Collection[Ref]) -> dict[Ref, DataKey]:
    """The rows of those owners that have one."""
    wanted = set(owners)
    kinds = {owner.kind for owner in wanted}
    rows: dict[Ref, DataKey] = {}
    for kind in kinds:
        ids = [owner.id for owner in wanted if owner.kind == kind]
        for row in DataKey.objects.filter(
            is_any_of("owner_id", ids, models.BigIntegerField()), owner_kind=kind
        ):
            rows[Ref(row.owner_kind, row.owner_id)] = row
    return rows


def data_keys(owners: Collection[Ref]) -> Mapping[Ref, bytes]:
    """The open data keys of owners, made for those who have none; raises as `unwrapped` does."""
    rows = existing_keys(owners)
    opened: dict[Ref, bytes] = {owner: unwrapped(row) for owner, row in rows.items()}
    if lacking := [owner for owner in dict.fromkeys(owners) if owner not in rows]:
        wrapping = current_wrapping_key()
        made = {owner: new_key() for owner in lacking}
        kept = _insert_keys(
            {owner: wrapped_under(wrapping, owner, key) for owner, key in made.items()}, wrapping
        )
        opened |= {owner: made[owner] for owner in kept}
        # Another process was first with the others: what stands in the table is the key.
        late = [owner for owner in lacking if owner not in kept]
        opened |= {owner: unwrapped(row) for owner, row in existing_keys(late).items()}
    return opened


def _insert_keys(wrapped: Mapping[Ref, bytes], wrapping: WrappingKey) -> set[Ref]:
    """Insert wrapped keys for owners that have none yet; returns whose were inserted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO privacy_datakey (owner_kind, owner_id, wrapped, wrapping_key_id, made_at)"
            " SELECT kind, id, wrapped, %s, %s FROM unnest(%s::text[], %s::bigint[], %s::bytea[])"
            " AS new (kind, id, wrapped) ON CONFLICT DO NOTHING RETURNING owner_kind, owner_id",
            [
                wrapping.id,
                now(),
                [owner.kind for owner in wrapped],
                [owner.id for owner in wrapped],
                list(wrapped.values()),
            ],
        )
        return {Ref(kind, key) for kind, key in cursor.fetchall()}

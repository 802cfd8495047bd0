"""The door of the privacy room."""

from yaojian.foundation.privacy.actions import destroy_key, reveal, rewrap_keys, seal, seal_all
from yaojian.foundation.privacy.contracts import (
    FIELD_NAMES,
    KeyDestroyed,
    KeyState,
    KeyUnknown,
    SealBroken,
    field_name,
)
from yaojian.foundation.privacy.files import opened_pieces, sealed_pieces
from yaojian.foundation.privacy.queries import blind_index, blind_indexes, for_a_program, key_state, masked
from yaojian.foundation.privacy.sealing import mask

__all__ = [
    "FIELD_NAMES",
    "KeyDestroyed",
    "KeyState",
    "KeyUnknown",
    "SealBroken",
    "blind_index",
    "blind_indexes",
    "destroy_key",
    "field_name",
    "for_a_program",
    "key_state",
    "mask",
    "masked",
    "opened_pieces",
    "reveal",
    "rewrap_keys",
    "seal",
    "seal_all",
    "sealed_pieces",
]

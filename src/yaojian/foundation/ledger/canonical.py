"""The bytes of an act that are kept for ever: RFC 8785 canonical JSON. Pure, without Django."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import rfc8785

SCHEMA = "yaojian.act/1"
LAST_OF_BASIC_PLANE = "\uffff"


def in_utc(moment: datetime) -> str:
    """An aware moment as RFC 3339 in UTC with microseconds."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def as_json(value: Any) -> Any:
    """`value` in JSON's types: moments as RFC 3339 in UTC with microseconds, dates as ISO 8601.

    Raises TypeError for floats and other types whose text could differ between implementations;
    amounts travel as strings.
    """
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if -(2**53) < value < 2**53 else str(value)
        case datetime():
            if value.tzinfo is None:
                raise TypeError("a moment in an act must carry its time zone")
            return in_utc(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): as_json(item) for key, item in value.items()}
        case list() | tuple():
            return [as_json(item) for item in value]
    raise TypeError(f"an act cannot hold {type(value).__name__}; give a string")


def canonical_bytes(content: Mapping[str, Any]) -> bytes:
    """The canonical bytes of an act's content (RFC 8785).

    Python's own writer makes the same bytes several times as quickly. The two part only on fractions, which
    an act does not hold, and on the order of keys with characters beyond the basic plane.
    """
    plain = as_json(content)
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode() if max(text) <= LAST_OF_BASIC_PLANE else rfc8785.dumps(plain)

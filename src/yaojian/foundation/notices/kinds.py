"""What kinds of notices there are; each room enters its own when it starts."""

from __future__ import annotations

import re

from django.utils import translation

from yaojian.foundation.notices.contracts import NoticeKind, ParamKey

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_kinds: dict[str, NoticeKind] = {}
_params: dict[str, frozenset[str]] = {}


def register_notice_kind(kind: NoticeKind) -> None:
    """Make a kind of notice known.

    Raises ValueError when the code is taken, or when the words name a parameter outside `ParamKey`.
    """
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"notice kind {kind.code} is registered twice")
    with translation.override(None):  # the English of the source
        named = frozenset(_PLACEHOLDER.findall(f"{kind.title} {kind.text}"))
    if unknown := named - set(ParamKey):
        raise ValueError(f"notice kind {kind.code} names {sorted(unknown)}, which may not stand in a notice")
    _kinds[kind.code], _params[kind.code] = kind, named


def notice_kind(code: str) -> NoticeKind | None:
    """The kind with a code; None for one that this version no longer has."""
    return _kinds.get(code)


def notice_kinds() -> list[NoticeKind]:
    """All kinds of notices, in order of registration."""
    return list(_kinds.values())


def params_of(code: str) -> frozenset[str]:
    """The parameters that a kind's words name. Raises KeyError for an unknown kind."""
    return _params[code]

"""Kinds of work are entered once."""

from __future__ import annotations

import dataclasses

import pytest
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.worklist import kinds
from yaojian.foundation.worklist.facade import ItemKind, item_kind, item_kinds, register_kind

KIND = ItemKind("tests.kind", _("name"), _("verb"), lambda item: "/", Permission.WORKLIST_VIEW)


def test_a_kind_is_known_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    register_kind(KIND)
    register_kind(KIND)
    assert item_kinds() == [KIND]
    assert item_kind("tests.kind") is KIND
    with pytest.raises(ValueError, match="registered twice"):
        register_kind(dataclasses.replace(KIND, permission=Permission.HOME))
    with pytest.raises(KeyError):
        item_kind("tests.other")

"""People to be told something, and kinds to tell it by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Level, Role, actor_of, post_person, register_organ
from yaojian.foundation.notices import kinds, params
from yaojian.foundation.notices.facade import (
    Channel,
    NoticeKind,
    ParamKey,
    register_names,
    register_notice_kind,
)

PLAIN = NoticeKind("tests.plain", _("Plain"), _("Plain"), _("%(count)s of %(work_kind)s by %(day)s"))
ALARM = NoticeKind(
    "tests.alarm", _("Alarm"), _("Alarm"), _("%(days)s days left"), frozenset({Channel.SMS}), statutory=True
)


@dataclass
class People:
    """An inspector, a chief and the administrator of one organ."""

    wang: Actor
    li: Actor
    administrator: Actor


@pytest.fixture
def people(db: None) -> People:
    organ = register_organ(
        code="cj", name="昌吉州市场监督管理局", level=Level.PREFECTURE, territories=["6523"]
    )

    def person(username: str, role: Role) -> Actor:
        actor = actor_of(
            post_person(
                username=username,
                display_name="王强",
                organ=organ,
                role=role,
                valid_from=date(2020, 1, 1),
            )
        )
        assert actor is not None
        return actor

    return People(
        person("wang", Role.INSPECTOR), person("li", Role.CHIEF), person("root", Role.ADMINISTRATOR)
    )


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    monkeypatch.setattr(kinds, "_params", {})
    monkeypatch.setattr(params, "_names", dict(params._names))
    register_names(ParamKey.WORK_KIND, lambda codes: {c: "检查" for c in codes if c == "inspection.due"})
    for kind in (PLAIN, ALARM):
        register_notice_kind(kind)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where the file back end writes."""
    settings.NOTICE_FOLDER = tmp_path / "notices"
    settings.NOTICE_SMTP_URL = settings.NOTICE_SMS_URL = settings.PUBLIC_URL = ""
    return settings.NOTICE_FOLDER

"""Who attacks the foreign jurisdiction, and how one sees that nothing of it was read or changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model
from django.http import HttpResponseBase

from tests.foreign_world import MARK, REGISTER_WORDS, Foreign
from yaojian.foundation.accounts.facade import Level, Organ, Role, Shared, post_person, register_organ
from yaojian.foundation.accounts.models import Posting, SharingAgreement, User
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.models import Subject, SubjectVersion

SINCE = date(2020, 1, 1)
STRONGEST = (Role.CHIEF, Role.ADMINISTRATOR, Role.LEADER, Role.PLANNER)
"""Roles that together hold every permission; the test says so."""
# What a request of one's own may leave behind, and what a stranger's must not touch is looked at by row.
OWN_TRACES = {
    "django_session",
    "accounts_signinsession",
    "accounts_accessdenial",
    "ledger_act",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
}
# Of no jurisdiction: tables of reference, and legal entities, which may have facilities in many counties.
NOBODYS = {"django_content_type", "auth_permission", "enterprises_enterprise"}
# A store names its headquarters, wherever they are; whose file shows it is a matter of the reader's scope.
MAY_POINT = {("enterprises_subject", "parent_id"), ("enterprises_subjectversion", "parent_id")}


@dataclass(frozen=True)
class Attacker:
    """A person, the role they attack in, and which marked texts, by what follows the mark, they may read."""

    name: str
    user: User
    role: Role
    organ: Organ
    may_read: tuple[str, ...] = ()

    def leaks(self, answer: HttpResponseBase) -> bool:
        """Whether an answer says anything that is not for this person."""
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        text = content.decode("utf-8", "replace") + str(answer.headers)
        for known in self.may_read:
            for form in _forms(MARK + known):
                text = text.replace(form, "")
        return any(form in text for form in _forms(MARK))


def _forms(text: str) -> tuple[str, ...]:
    """A text as it stands on pages, in JSON, and in addresses and headers."""
    return text, json.dumps(text)[1:-1], quote(text)


def make_attackers(foreign: Foreign) -> list[Attacker]:
    """All roles of the county next door under the same prefecture, and the strongest of three others."""
    parent = Organ.objects.get(pk=foreign.parent_id)
    beside = _county("attack", "652301", parent)
    far = _county("far", "654301", None)
    sharing = _county("sharing", "652302", None)
    SharingAgreement.objects.create(
        giver_id=foreign.objects["organ_id"][0],
        taker=sharing,
        shares=[Shared.REGISTER.value],
        document="共享协议",
        valid_from=SINCE,
    )
    return [
        *(_posted(beside, role) for role in Role),
        *(_posted(far, role) for role in STRONGEST),
        _posted(sharing, Role.CHIEF, REGISTER_WORDS),
        _moved(foreign.leaver, beside),
    ]


def _county(code: str, territory: str, parent: Organ | None) -> Organ:
    return register_organ(
        code=code, name=f"{code}市场监督管理局", level=Level.COUNTY, parent=parent, territories=[territory]
    )


def _posted(organ: Organ, role: Role, may_read: tuple[str, ...] = ()) -> Attacker:
    name = f"{organ.code}-{role.value}"
    user = post_person(
        username=name,
        display_name=role.value,
        organ=organ,
        role=role,
        valid_from=SINCE,
        valid_to=date(2099, 1, 1) if role is Role.GUEST else None,
    )
    return Attacker(name, user, role, organ, may_read)


def _moved(user: User, organ: Organ) -> Attacker:
    """A colleague who left the foreign county yesterday, and knows for what absence they were a deputy."""
    Posting.objects.filter(user=user).update(valid_to=today() - timedelta(days=1))
    Posting.objects.create(user=user, organ=organ, role=Role.CHIEF.value, valid_from=today())
    return Attacker("moved", user, Role.CHIEF, organ, ("休假",))


@dataclass(frozen=True)
class Picture:
    """All rows but traces of requests as text, and which of them are foreign or the attackers'."""

    rows: dict[str, dict[Any, str]]
    foreign: dict[str, set[Any]]
    own: dict[str, set[Any]]


def foreign_keys(foreign: Foreign) -> dict[str, set[Any]]:
    """The keys of all foreign rows by table; to be asked before there are attackers."""
    found: dict[str, set[Any]] = {}
    for model in _models():
        table = model._meta.db_table
        if table in NOBODYS or table.startswith("reference_"):
            continue
        rows = model._base_manager.all()
        if model is Organ:
            rows = rows.filter(pk__in=foreign.organ_ids)
        if model is User:
            rows = rows.filter(pk__in=[user.pk for user in foreign.people])
        found[table] = set(rows.values_list("pk", flat=True))
    return found


def picture(keys: dict[str, set[Any]], attackers: list[Attacker]) -> Picture:
    """What there is now; the attackers' own accounts are left out."""
    mine = {one.user.pk for one in attackers}
    rows: dict[str, dict[Any, str]] = {}
    with connection.cursor() as cursor:
        for model in _models():
            table = model._meta.db_table
            columns = ", ".join(f't."{field.column}"' for field in model._meta.pk_fields)
            cursor.execute(f'SELECT {columns}, t::text FROM "{table}" t')
            own = mine if model is User else set()
            found = {(tuple(key) if len(key) > 1 else key[0]): text for *key, text in cursor.fetchall()}
            rows[table] = {pk: text for pk, text in found.items() if pk not in own}
    organs = {one.organ.pk for one in attackers}
    own = {
        model._meta.db_table: set(
            model._base_manager.filter(responsible_organ__in=organs).values_list("pk", flat=True)
        )
        for model in (Subject, SubjectVersion)
    }
    return Picture(rows, {**keys, User._meta.db_table: keys[User._meta.db_table] - mine}, own)


def assert_nothing_changed(before: Picture, attackers: list[Attacker]) -> None:
    """No row is gone or different; no new row speaks of the foreign jurisdiction or points to its rows."""
    after = picture(before.foreign, attackers)
    changed = [
        (table, key, text, after.rows[table].get(key))
        for table, rows in before.rows.items()
        for key, text in rows.items()
        if after.rows[table].get(key) != text and key not in before.own.get(table, ())
    ]
    assert not changed, changed
    bad: list[tuple[str, Any]] = []
    for model in _models():
        table = model._meta.db_table
        new = {key: text for key, text in after.rows[table].items() if key not in before.rows[table]}
        bad += [(table, text) for text in new.values() if MARK in text]
        bad += [(table, new[key]) for key in _pointing(model, set(new), before.foreign)]
    assert not bad, "\n".join(map(str, bad))


def _pointing(model: type[Model], new: set[Any], foreign: dict[str, set[Any]]) -> set[Any]:
    """Which new rows of a table hold a foreign key to a foreign row."""
    found: set[Any] = set()
    for field in model._meta.concrete_fields if new else ():
        if isinstance(field, ForeignKey) and (model._meta.db_table, field.attname) not in MAY_POINT:
            keys = foreign.get(field.related_model._meta.db_table, set())
            rows = model._base_manager.filter(pk__in=new, **{f"{field.attname}__in": keys})
            found |= set(rows.values_list("pk", flat=True))
    return found


def _models() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and model._meta.db_table not in OWN_TRACES
        and not model._meta.db_table.startswith("procrastinate")
    ]

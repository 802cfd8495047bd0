"""The journal: written in the transaction of the change, and never changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import rfc8785
from django.db import DatabaseError, connection, transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yaojian.foundation.accounts.facade import Actor, Level, Role, actor_of, post_person, register_organ
from yaojian.foundation.copying import insert_all
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.canonical import as_json, canonical_bytes
from yaojian.foundation.ledger.facade import Act, compose_act, record_act, row_matches_canonical, subject_ref
from yaojian.foundation.timekeeping import now


@pytest.fixture
def actor(db: None) -> Actor:
    organ = register_organ(code="t", name="测试局", level=Level.COUNTY, territories=["6523"])
    user = post_person(
        username="t", display_name="检查员甲", organ=organ, role=Role.INSPECTOR, valid_from=date(2020, 1, 1)
    )
    found = actor_of(user)
    assert found is not None
    return found


def test_an_act_says_who_what_whom_when_and_keeps_its_canonical_bytes(actor: Actor) -> None:
    act = record_act(
        by=actor,
        kind="inspection.concluded",
        subject=subject_ref(7),
        legal_basis=["药品管理法 第九十九条"],
        evidence=["ab" * 32],
        facts={"findings": {"major": 1}},
    )
    stored = Act.objects.get(pk=act.pk)
    assert (stored.actor_name, stored.organ_name, stored.subject_id) == ("检查员甲", "测试局", 7)
    assert len(bytes(stored.salt)) == 32
    assert row_matches_canonical(stored)


def test_many_acts_at_once_are_the_same_acts(actor: Actor) -> None:
    def composed(n: int) -> Act:
        return compose_act(
            by=actor,
            kind="inspection.concluded",
            subject=subject_ref(n),
            claimed_at=now() - timedelta(days=n),
            legal_basis=["药品管理法 第九十九条", "a\tb\n\\c"],
            facts={"findings": {"major": n}, "text": '引号“” " \\ 😀', "none": None},
        )

    plain, copied = composed(1), [composed(1), composed(2)]
    Act.objects.bulk_create([plain])
    insert_all(copied)
    insert_all([])
    rows = list(Act.objects.filter(kind="inspection.concluded").order_by("pk"))
    assert [row.pk for row in rows] == [plain.pk, copied[0].pk, copied[1].pk]
    assert all(row_matches_canonical(row) for row in rows)
    assert (rows[0].facts, rows[0].legal_basis) == (rows[1].facts, rows[1].legal_basis)
    assert [bytes(row.salt) for row in rows[1:]] == [act.salt for act in copied]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=5),
        max_leaves=12,
    )
)
@settings(max_examples=200, deadline=None, database=None)
@example({"\ue000": 1, "😀": 2, "a\x7f\u2028": '\x00\x1f"\\/'})
def test_canonical_bytes_are_those_of_the_standard(content: Any) -> None:
    assert canonical_bytes({"facts": content}) == rfc8785.dumps(as_json({"facts": content}))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_act SET kind = 'x'",
        "DELETE FROM ledger_act",
        "TRUNCATE ledger_act",
        "ALTER TABLE ledger_act DISABLE TRIGGER ALL",
        "DROP TABLE ledger_act",
        "UPDATE ledger_act SET facts = '{}' WHERE id = 1",
    ],
)
def test_the_application_role_cannot_touch_an_act(actor: Actor, statement: str) -> None:
    record_act(by=actor, kind="session.opened")
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_the_application_role_owns_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("yaojian_app",)
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        assert cursor.fetchone() == (0,)


AN_ACT = """
WITH o AS (
    INSERT INTO accounts_organ (code, name, name_en, short_name, level, path, territories, kind, tree,
                                note, note_en, entry_digest)
    VALUES ('trigger', '触发器局', '', '', 'county', 'trigger.', '{}', 'bureau', 'government',
            '', '', '') RETURNING id
), u AS (
    INSERT INTO accounts_user (username, display_name, password, is_active, failed_sign_ins,
                               must_change_password)
    VALUES ('trigger', '甲', '!', false, 0, false) RETURNING id
)
INSERT INTO ledger_act (uid, kind, actor_id, actor_name, role, organ_id, organ_name, subject_kind, file_kind,
                        claimed_at, recorded_at, legal_basis, evidence, facts, canonical, salt)
SELECT gen_random_uuid(), 'session.opened', u.id, '甲', 'inspector', o.id, '触发器局', '', '',
       now(), now(), '{}', '{}', '{}', '', '' FROM o, u
RETURNING id
"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_act SET kind = 'x' WHERE id = %(id)s",
        "UPDATE ledger_act SET kind = kind WHERE id = %(id)s",
        "DELETE FROM ledger_act WHERE id = %(id)s",
        "TRUNCATE ledger_act",
    ],
)
def test_even_the_owner_meets_the_triggers(test_database: Any, django_db_setup: None, statement: str) -> None:
    with psycopg.connect(test_database.owner_url) as owner, owner.cursor() as cursor:
        row = cursor.execute(AN_ACT).fetchone()
        assert row is not None
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(psycopg.errors.RestrictViolation):
            cursor.execute(statement, {"id": row[0]})
        owner.rollback()


def test_an_act_outside_a_transaction_is_a_programming_error(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = SimpleNamespace(in_atomic_block=False)
    with monkeypatch.context() as patch:
        patch.setattr("yaojian.foundation.ledger.actions.transaction.get_connection", lambda: outside)
        with pytest.raises(RuntimeError, match="transaction"):
            record_act(by=actor, kind="session.opened")


def test_refusals(actor: Actor) -> None:
    with pytest.raises(InvalidInput):
        record_act(by=actor, kind="no.such.kind")
    with pytest.raises(InvalidInput):
        record_act(by=actor, kind="session.opened", claimed_at=now() + timedelta(hours=1))
    with pytest.raises(TypeError):
        record_act(by=actor, kind="session.opened", facts={"amount": 1.5})


def test_canonical_bytes_are_rfc_8785() -> None:
    moment = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
    assert canonical_bytes({"b": 1, "a": [moment, None, True, "é"]}) == (
        '{"a":["2026-11-22T06:05:00.000000Z",null,true,"é"],"b":1}'.encode()
    )
    assert as_json(2**60) == str(2**60)

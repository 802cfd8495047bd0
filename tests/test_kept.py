"""What is kept is always what the database would answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import Now
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.kept import kept
from yaojian.foundation.kept.facade import (
    forget,
    kept_count,
    kept_rows,
    kept_while,
    one_look,
    reads_through,
    sweep_changes,
)
from yaojian.foundation.kept.middleware import OneLook
from yaojian.foundation.kept.models import TableChange
from yaojian.foundation.kept.sweeping import MOST_NOTES, SWEEP
from yaojian.foundation.kept.watching import watch
from yaojian.foundation.ledger.facade import Act

TABLE = "kept_probe"
PAIRS = "SELECT id, value FROM kept_probe ORDER BY id"


@pytest.fixture(scope="module")
def watched(test_database: Any, django_db_setup: None) -> Iterator[str]:
    """A table of numbers that is watched, in the database of the tests; the URL of others who write in it."""
    with psycopg.connect(test_database.owner_url, autocommit=True) as owner:
        owner.execute(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, value integer NOT NULL)")
        owner.execute(str(watch(TABLE).sql))
        owner.execute(f"GRANT ALL ON {TABLE} TO yaojian_app")
        yield test_database.app_url
        owner.execute(f"DROP TABLE {TABLE}")


@pytest.fixture
def other(watched: str, db: None) -> Iterator[psycopg.Connection]:
    """Somebody else at work; what they did is gone afterwards."""
    forget()
    with psycopg.connect(watched, autocommit=True) as somebody:
        somebody.execute(f"INSERT INTO {TABLE} SELECT n, n FROM generate_series(1, 5) n")
        yield somebody
        somebody.execute(f"DELETE FROM {TABLE}")


def read() -> list[tuple[int, int]]:
    """The table as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS)
        return cursor.fetchall()


class Reader:
    """Reads through what is kept, and counts how often the table was really read."""

    def __init__(self) -> None:
        self.readings = 0

    def __call__(self) -> list[tuple[int, int]]:
        return kept_while([TABLE], "pairs", self._really)

    def _really(self) -> list[tuple[int, int]]:
        self.readings += 1
        return read()


def test_nothing_is_read_twice_until_it_changes(other: psycopg.Connection) -> None:
    reader = Reader()
    assert reader() == reader() == [(n, n) for n in range(1, 6)]
    assert reader.readings == 1
    for change in (
        f"UPDATE {TABLE} SET value = 9 WHERE id = 1",
        f"INSERT INTO {TABLE} VALUES (6, 6)",
        f"DELETE FROM {TABLE} WHERE id = 2",
    ):
        before = reader.readings
        other.execute(change)
        assert reader() == read()
        assert reader() == read()
        assert reader.readings == before + 1


def test_rows_that_were_copied_in_are_seen(other: psycopg.Connection) -> None:
    reader = Reader()
    reader()
    with other.cursor().copy(f"COPY {TABLE} FROM STDIN") as copy:
        copy.write_row((7, 70))
    assert (7, 70) in reader()


def test_a_change_counts_when_it_is_committed_and_not_before(other: psycopg.Connection, watched: str) -> None:
    """The note that was written first may be seen last: both changes must be noticed."""
    reader = Reader()
    with psycopg.connect(watched) as slow:
        slow.execute(f"UPDATE {TABLE} SET value = 100 WHERE id = 1")
        other.execute(f"UPDATE {TABLE} SET value = 200 WHERE id = 2")
        assert reader() == reader() == read()
        assert reader.readings == 1
        slow.commit()
        assert dict(reader())[1] == 100
    assert reader.readings == 2


def test_what_was_taken_back_changes_nothing(other: psycopg.Connection, watched: str) -> None:
    reader = Reader()
    reader()
    with psycopg.connect(watched) as slow:
        slow.execute(f"UPDATE {TABLE} SET value = 100 WHERE id = 1")
        slow.rollback()
    assert reader() == read()
    assert reader.readings == 1


def test_ones_own_changes_are_read_anew_and_never_kept(other: psycopg.Connection) -> None:
    reader = Reader()
    reader()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {TABLE} SET value = 100 WHERE id = 1")
        assert dict(reader())[1] == 100
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {TABLE} SET value = 101 WHERE id = 1")
        assert dict(reader())[1] == 101
        transaction.set_rollback(True)
    assert dict(reader())[1] == 1
    assert reader.readings == 3


def test_one_note_for_each_transaction_and_table(other: psycopg.Connection) -> None:
    notes = TableChange.objects.filter(table_name=TABLE)
    before = notes.count()
    with other.transaction():
        for value in range(20):
            other.execute(f"UPDATE {TABLE} SET value = %s WHERE id = 1", [value])
    assert notes.count() == before + 1


def test_many_notes_become_one_and_what_is_kept_stays_right(other: psycopg.Connection) -> None:
    reader = Reader()
    for value in range(5):
        other.execute(f"UPDATE {TABLE} SET value = %s WHERE id = 1", [value])
    reader()
    other.execute(SWEEP, [3])
    assert TableChange.objects.filter(table_name=TABLE).count() == 1
    assert reader() == reader() == read()
    assert reader.readings == 2
    other.execute(f"UPDATE {TABLE} SET value = 77 WHERE id = 1")
    assert dict(reader())[1] == 77


def test_the_sweep_leaves_short_notes_alone(other: psycopg.Connection) -> None:
    assert sweep_changes() == 0
    TableChange.objects.bulk_create(
        TableChange(table_name=TABLE, transaction=0) for _one in range(MOST_NOTES + 1)
    )
    assert sweep_changes() == 1
    assert TableChange.objects.filter(table_name=TABLE).count() == 1


def test_one_look_is_as_right_as_its_moment(other: psycopg.Connection) -> None:
    reader = Reader()
    with CaptureQueriesContext(connection) as captured, one_look():
        reader()
        other.execute(f"UPDATE {TABLE} SET value = 50 WHERE id = 1")
        assert dict(reader())[1] == 1
        kept_count(Organ.objects.all())
    asked = [query for query in captured.captured_queries if "kept_tablechange" in query["sql"]]
    assert len(asked) == 1
    assert dict(reader())[1] == 50


def test_a_page_looks_once_and_a_form_that_was_sent_never_relies_on_it(db: None, client: Any) -> None:
    seen: list[object] = []
    look = OneLook(lambda _request: seen.append(kept._look.get()) or HttpResponse())  # type: ignore[func-returns-value]
    for method in ("GET", "HEAD", "POST"):
        look(RequestFactory().generic(method, "/"))
    assert [one is not None for one in seen] == [True, True, False]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["update", "insert", "delete", "commit", "rollback", "read", "sweep"]),
        st.integers(0, 1),
        st.integers(1, 8),
        st.integers(0, 9),
    ),
    max_size=25,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True)
@given(steps=STEPS)
def test_random_histories_of_two_writers(
    other: psycopg.Connection, watched: str, steps: list[tuple[str, int, int, int]]
) -> None:
    """Whatever two transactions do by turns, a reader gets what the table holds at that moment."""
    reader, statements = (
        Reader(),
        {
            "update": "UPDATE kept_probe SET value = %(value)s WHERE id = %(id)s",
            "insert": "INSERT INTO kept_probe VALUES (%(id)s + 100 * %(writer)s, %(value)s) "
            "ON CONFLICT DO NOTHING",
            "delete": "DELETE FROM kept_probe WHERE id = %(id)s + 100 * %(writer)s",
        },
    )
    with psycopg.connect(watched) as one, psycopg.connect(watched) as two:
        for writer in (one, two):
            writer.execute("SET lock_timeout = '20ms'")
            writer.commit()
        for verb, which, key, value in steps:
            writer = (one, two)[which]
            if verb == "read":
                assert reader() == read()
            elif verb == "sweep":
                other.execute(SWEEP, [3])
            elif verb == "commit":
                writer.commit()
            elif verb == "rollback":
                writer.rollback()
            else:
                try:
                    with writer.transaction():
                        writer.execute(statements[verb], {"id": key, "writer": which, "value": value})
                except psycopg.errors.LockNotAvailable:
                    writer.rollback()
            assert reader() == read()
        one.rollback()
        two.rollback()
    other.execute(f"DELETE FROM {TABLE} WHERE id > 5")


def test_a_query_names_its_tables_itself(db: None) -> None:
    forget()
    by_level = Organ.objects.order_by().values_list("level").annotate(n=Count("pk"))
    first = kept_rows(by_level)
    assert first == list(by_level)
    assert kept_count(Organ.objects.all()) == Organ.objects.count()
    with CaptureQueriesContext(connection) as captured:
        again = kept_rows(by_level)
    assert again is first
    assert [query["sql"].count("kept_tablechange") for query in captured.captured_queries] == [1]
    assert kept_rows(Organ.objects.filter(pk__in=[]).values_list("pk")) == []


def test_what_may_not_be_kept_is_refused(db: None) -> None:
    with pytest.raises(ImproperlyConfigured, match="not watched by a migration: ledger_act"):
        kept_rows(Act.objects.values_list("pk"))
    with pytest.raises(ImproperlyConfigured, match="clock"):
        kept_rows(Organ.objects.annotate(moment=Now()).values_list("moment"))
    reads_through("accounts_organ_seen_through", ["ledger_act"])
    with pytest.raises(ImproperlyConfigured, match="ledger_act"):
        kept._check_watched(kept._tables_of('SELECT 1 FROM "accounts_organ_seen_through"'))


def test_no_more_is_kept_than_fits(other: psycopg.Connection, monkeypatch: Any) -> None:
    monkeypatch.setattr(kept, "MOST_ROWS", 3 * (kept.OF_AN_ANSWER + 5))
    for name in "abcdef":
        kept_while([TABLE], name, read)
    assert len(kept._kept) == 3
    readings: list[str] = []
    for name in "fea":
        kept_while([TABLE], name, lambda name=name: readings.append(name) or read())  # type: ignore[misc]
    assert readings == ["a"]

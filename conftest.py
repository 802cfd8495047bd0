"""Test set-up: a private PostgreSQL, migrated as owner, used by the tests as the application role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# A busy machine is slow for reasons that no example is to blame for.
hypothesis_settings.register_profile("yaojian", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("yaojian")

_server = ExitStack()


def pytest_unconfigure(config: pytest.Config) -> None:
    _server.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly how many tests other people's code could not judge."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    if unproved := sum("NOT PROVED" in reason for reason in skipped):
        terminalreporter.write_line(
            f"!!! {unproved} tests with other people's code were SKIPPED; -rs says what to install", red=True
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that processes end together; journeys last.

    Playwright leaves an event loop behind, beside which Django refuses queries.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}

    def turn(item: pytest.Item) -> int:
        if item.get_closest_marker("browser"):
            return 2
        return 0 if item.path in slow else 1

    items.sort(key=turn)


@pytest.fixture(scope="session")
def test_database() -> Any:
    """The private server's URLs: superuser_url, owner_url, app_url."""
    from yaojian.operations.testing import start_test_database

    return _server.enter_context(start_test_database())


@pytest.fixture(scope="session")
def django_db_setup(test_database: Any, django_db_blocker: Any) -> Iterator[None]:
    """Migrate and grant as the owner; then let the tests connect as the role that owns nothing."""
    from django.db import connection

    from yaojian.config.database import grant_to_application, migrate
    from yaojian.config.settings import database_from

    with django_db_blocker.unblock():
        _connect(database_from(test_database.owner_url))
        migrate()
        grant_to_application()
        _connect(database_from(test_database.app_url))
    yield
    with django_db_blocker.unblock():
        connection.close()


def _connect(database: dict[str, Any]) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict.update(database)


@pytest.fixture(autouse=True, scope="session")
def _an_installation_key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Worlds that are loaded once for many tests seal their people too."""
    with override_settings(
        INSTALLATION_KEYS=("key of the tests",), KEY_FILE=tmp_path_factory.mktemp("key") / "secrets.json"
    ):
        yield


@pytest.fixture(autouse=True)
def _documents_in_a_folder_of_their_own(settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENTS_FOLDER = tmp_path / "documents"

"""Guards that no tool sees: foreign keys, declared permissions, environment, packs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from yaojian.config.environment import Environment, EnvironmentRefused, read_environment, variable_name
from yaojian.operations import roles

ROOMS_FROM_THE_GROUND = [
    [
        "contenttypes",
        "auth",
        "sessions",
        "messages",
        "staticfiles",
        "postgres",
        "django_htmx",
        "procrastinate",
    ],
    ["kept"],
    ["design"],
    ["accounts", "reference", "outbox"],
    ["ledger"],
    ["privacy", "deadlines", "notices"],
    ["worklist", "documents", "exports"],
    ["staffing"],
    ["enterprises"],
    ["licences", "products", "people", "jurisdiction"],
    ["intake"],
    ["inspections"],
    ["statistics"],
    ["plans"],
    ["mandates"],
    ["evaluations", "drafting"],
    ["backoffice", "portal", "administration"],
    ["simulator", "bench"],
    ["config"],
]


def rank(label: str) -> int:
    """How high a room lies in the house."""
    for height, labels in enumerate(ROOMS_FROM_THE_GROUND):
        if label in labels:
            return height
    raise AssertionError(f"the app {label} has no place in the house: enter it in ROOMS_FROM_THE_GROUND")


def test_every_app_has_its_place() -> None:
    for config in apps.get_app_configs():
        rank(config.label)


def test_foreign_keys_point_down_only() -> None:
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model not in (None, model)
        if rank(field.related_model._meta.app_label) > rank(model._meta.app_label)
    ]
    assert upward == []


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the platform with its full pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        else:
            yield path, pattern


def test_every_page_declares_its_permission() -> None:
    silent = [
        path
        for path, pattern in routes()
        if not path.startswith("api/") and not hasattr(pattern.callback, "yaojian_permission")
    ]
    assert silent == []


def test_every_permission_has_a_name() -> None:
    from yaojian.doors.administration.web.rights_in_words import PERMISSION_NAMES
    from yaojian.foundation.accounts.contracts import Permission

    assert set(PERMISSION_NAMES) == set(Permission), "name it in doors/administration/web/rights_in_words.py"


def test_every_api_operation_declares_its_permission() -> None:
    from yaojian.config.api import api
    from yaojian.foundation.accounts.web.api_access import Needs

    operations = [
        (path, operation)
        for _prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
    ]
    assert operations
    for path, operation in operations:
        assert operation.auth_callbacks, path
        assert all(isinstance(check, Needs) for check in operation.auth_callbacks), path


def test_the_environment_refuses_what_it_does_not_know() -> None:
    with pytest.raises(EnvironmentRefused) as refusal:
        read_environment({"YAOJIAN_PROT": "8000", "YAOJIAN_PORT": "eighty", "DATABASE_URL": "mysql://x"})
    message = str(refusal.value)
    for name in ("YAOJIAN_PROT", "YAOJIAN_PORT", "DATABASE_URL"):
        assert name in message
    assert "YAOJIAN_WEB_WORKERS" in message
    assert read_environment({}).port == 8000
    assert read_environment({"YAOJIAN_ALLOWED_HOSTS": "a.example, b.example"}).allowed_hosts == [
        "a.example",
        "b.example",
    ]
    assert {variable_name(name) for name in Environment.model_fields} >= {"DATABASE_URL", "YAOJIAN_DATA"}


def test_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_functions_and_files_stay_small() -> None:
    root = Path(__file__).resolve().parent.parent / "src"
    long_files = [
        f"{path.relative_to(root)}: {lines}"
        for path in root.rglob("*.py")
        if "migrations" not in path.parts
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert long_files == []
    long_functions = [
        f"{path.relative_to(root)}: {node.name} {length}"
        for path in root.rglob("*.py")
        if not {"migrations", "tests"} & set(path.parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > 50
    ]
    assert long_functions == []


@pytest.mark.django_db
def test_loading_the_packs_twice_changes_nothing() -> None:
    from yaojian.config.reference_packs import load_reference_packs
    from yaojian.oversight.plans.facade import load_packs

    load_reference_packs()
    assert all(load_packs().values())
    load_reference_packs()
    assert not any(load_packs().values())


@pytest.mark.django_db
def test_every_row_of_the_packs_is_in_the_database() -> None:
    from yaojian.config.reference_packs import load_reference_packs
    from yaojian.oversight.plans.facade import load_packs, plans

    load_reference_packs()
    load_packs()
    rows = {plan.code: plan.rows.filter(supplementary=False).count() for plan in plans()}
    assert rows == {"neimenggu": 81, "ningxia": 72, "changji": 22, "barkol": 19, "jiangxi": 63}


def test_a_restore_makes_every_extension_that_the_schema_needs(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")
        assert {name for (name,) in cursor.fetchall()} == set(roles.EXTENSIONS)

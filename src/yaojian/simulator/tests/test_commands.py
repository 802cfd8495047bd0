"""The commands in an empty installation."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from yaojian.registers.enterprises.facade import Subject
from yaojian.simulator.tests.worlds import AS_OF, SEED


@pytest.mark.django_db
def test_an_installation_without_simulated_data_has_no_demo_accounts() -> None:
    out = StringIO()
    call_command("demo_accounts", "--json", stdout=out)
    assert json.loads(out.getvalue()) == []


@pytest.mark.django_db
def test_without_organs_nothing_is_loaded() -> None:
    with pytest.raises(CommandError, match="load_packs"):
        call_command("simulate", "--seed", str(SEED), "--as-of", AS_OF.isoformat(), stdout=StringIO())
    assert not Subject.objects.exists()

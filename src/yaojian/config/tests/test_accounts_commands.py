"""The operator's commands for accounts: passwords that work, acts that say so."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from yaojian.config.reference_packs import load_reference_packs
from yaojian.foundation.accounts.facade import User
from yaojian.foundation.accounts.sign_in import SignInRefused, authenticate
from yaojian.foundation.ledger.facade import Act

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _organs() -> None:
    load_reference_packs()


def create() -> str:
    """Makes the account and gives its password."""
    out = StringIO()
    call_command("create_account", "wang", name="王强", organ="xj.changji", role="inspector", stdout=out)
    return out.getvalue().split()[1]


def test_an_account_is_made_and_recorded() -> None:
    assert authenticate("wang", create()).display_name == "王强"
    acts = Act.objects.filter(facts__username="wang").order_by("pk")
    assert list(acts.values_list("kind", flat=True)) == ["account.created", "person.posted"]
    with pytest.raises(CommandError, match="taken"):
        create()


def test_a_new_password_ends_the_session_and_is_recorded() -> None:
    old = create()
    client = Client()
    client.force_login(User.objects.get(username="wang"))
    # The password is known to whoever read the console, so it is changed first.
    assert client.get("/")["Location"] == "/account/password/"
    assert client.get("/account/password/").status_code == 200
    out = StringIO()
    call_command("set_password", "wang", stdout=out)
    assert client.get("/account/password/").status_code == 302
    assert authenticate("wang", out.getvalue().split()[1]).username == "wang"
    with pytest.raises(SignInRefused):
        authenticate("wang", old)
    act = Act.objects.get(kind="account.password_set")
    assert (act.organ.code, act.facts) == ("xj.changji", {"username": "wang"})


@pytest.mark.parametrize("name", ["nobody", "system"])
def test_only_people_get_passwords(name: str) -> None:
    create()
    with pytest.raises(CommandError, match="no active account"):
        call_command("set_password", name)

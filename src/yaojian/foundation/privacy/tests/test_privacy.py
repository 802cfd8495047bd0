"""Personal data opens for those who may and say why, and for nobody after its key was destroyed."""

from __future__ import annotations

import json
import logging
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yaojian.foundation.accounts.facade import Actor, Level, Role, actor_of, post_person, register_organ
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import Act, Ref
from yaojian.foundation.privacy.facade import (
    KeyDestroyed,
    KeyState,
    KeyUnknown,
    SealBroken,
    blind_index,
    blind_indexes,
    destroy_key,
    key_state,
    masked,
    reveal,
    rewrap_keys,
    seal,
    seal_all,
)
from yaojian.foundation.privacy.models import DataKey

ANNA, BERTA = Ref("tests.person", 17), Ref("tests.person", 18)
NUMBER, PHONE = "652301199003071234", "13800138000"


def someone(role: Role) -> Actor:
    organ = register_organ(code="p", name="测试局", level=Level.COUNTY)
    user = post_person(
        username=role.value, display_name="甲", organ=organ, role=role, valid_from=date(2020, 1, 1)
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


@pytest.fixture
def inspector(db: None) -> Actor:
    return someone(Role.INSPECTOR)


def sealed_of(owner: Ref) -> dict[str, str]:
    return {"identity_number": seal(owner, "identity_number", NUMBER), "phone": seal(owner, "phone", PHONE)}


def test_a_look_opens_and_is_an_act_that_holds_no_value(inspector: Actor) -> None:
    values = reveal(by=inspector, owner=ANNA, sealed=sealed_of(ANNA), purpose=" 核对 投诉人身份 ")
    assert values == {"identity_number": NUMBER, "phone": PHONE}
    act = Act.objects.get(kind="personal_data.viewed")
    assert act.facts == {"fields": ["identity_number", "phone"], "purpose": "核对 投诉人身份"}
    assert (act.file_kind, act.file_id) == (ANNA.kind, ANNA.id)
    for value in (NUMBER, PHONE):
        assert value.encode() not in bytes(act.canonical)


def test_nothing_readable_lies_in_the_database(inspector: Actor) -> None:
    sealed = sealed_of(ANNA)
    row = DataKey.objects.get(owner_kind=ANNA.kind, owner_id=ANNA.id)
    assert PHONE not in "".join(sealed.values()) + str(row) + repr(row)
    assert len(bytes(row.wrapped or b"")) == 12 + 32 + 16


@pytest.mark.parametrize("purpose", ["", "  \t", "x" * 201])
def test_without_a_purpose_nothing_opens(inspector: Actor, purpose: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        reveal(by=inspector, owner=ANNA, sealed=sealed_of(ANNA), purpose=purpose)
    assert refusal.value.field == "purpose"
    assert not Act.objects.filter(kind="personal_data.viewed").exists()


def test_a_purpose_that_tells_the_number_is_refused(inspector: Actor) -> None:
    with pytest.raises(InvalidInput) as refusal:
        reveal(by=inspector, owner=ANNA, sealed=sealed_of(ANNA), purpose=f"给{PHONE}打电话")
    assert PHONE not in str(refusal.value)
    assert not Act.objects.filter(kind="personal_data.viewed").exists()


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.TOWNSHIP])
def test_roles_without_the_right_see_nothing(db: None, role: Role) -> None:
    actor, sealed = someone(role), sealed_of(ANNA)
    with pytest.raises(NotAllowed):
        reveal(by=actor, owner=ANNA, sealed=sealed, purpose="好奇")
    with pytest.raises(NotAllowed):
        destroy_key(by=actor, owner=ANNA, reason="好奇")
    assert not Act.objects.filter(kind__startswith="personal_data.").exists()


def test_a_value_moved_to_another_row_or_field_does_not_open(inspector: Actor) -> None:
    anna, berta = sealed_of(ANNA), sealed_of(BERTA)
    swapped = [
        (ANNA, berta),
        (ANNA, {"phone": anna["identity_number"]}),
        (BERTA, {"phone": anna["phone"]}),
        (ANNA, {"phone": anna["phone"][:-6] + "AAAA" + anna["phone"][-2:]}),
        (ANNA, {"phone": PHONE}),
    ]
    for owner, sealed in swapped:
        with pytest.raises(SealBroken) as refusal:
            reveal(by=inspector, owner=owner, sealed=sealed, purpose="核对")
        assert PHONE not in str(refusal.value)
        with pytest.raises(SealBroken):
            masked(owner, sealed)
    assert not Act.objects.filter(kind="personal_data.viewed").exists()


def test_a_wrapped_key_moved_to_another_owner_does_not_open(inspector: Actor) -> None:
    anna, _berta = sealed_of(ANNA), sealed_of(BERTA)
    stolen = DataKey.objects.get(owner_id=ANNA.id, owner_kind=ANNA.kind).wrapped
    DataKey.objects.filter(owner_id=BERTA.id, owner_kind=BERTA.kind).update(wrapped=stolen)
    with pytest.raises(SealBroken):
        reveal(by=inspector, owner=BERTA, sealed=anna, purpose="核对")


def test_another_installations_key_opens_nothing_and_says_which_is_missing(
    inspector: Actor, settings: Any
) -> None:
    sealed = sealed_of(ANNA)
    key_id = DataKey.objects.get(owner_id=ANNA.id, owner_kind=ANNA.kind).wrapping_key_id
    settings.INSTALLATION_KEYS = ("another key",)
    with pytest.raises(KeyUnknown, match=key_id):
        reveal(by=inspector, owner=ANNA, sealed=sealed, purpose="核对")
    settings.INSTALLATION_KEYS = ()
    with pytest.raises(KeyUnknown, match="YAOJIAN_INSTALLATION_KEY"):
        seal(Ref("tests.person", 19), "phone", PHONE)


def test_masks_reveal_nothing_and_are_no_act(inspector: Actor) -> None:
    assert masked(ANNA, {**sealed_of(ANNA), "fax": ""}) == {
        "identity_number": "652***********1234",
        "phone": "138****8000",
    }
    assert masked(BERTA, {"phone": ""}) == {}
    assert not Act.objects.filter(kind="personal_data.viewed").exists()


def test_after_erasure_nothing_opens_and_nothing_new_is_sealed(inspector: Actor) -> None:
    sealed = sealed_of(ANNA)
    assert key_state(ANNA) is KeyState.OPEN
    destroy_key(by=inspector, owner=ANNA, reason="本人申请删除")
    assert key_state(ANNA) is KeyState.DESTROYED
    assert Act.objects.get(kind="personal_data.destroyed").facts == {"reason": "本人申请删除"}
    with pytest.raises(KeyDestroyed):
        reveal(by=inspector, owner=ANNA, sealed=sealed, purpose="核对")
    with pytest.raises(KeyDestroyed):
        masked(ANNA, sealed)
    with pytest.raises(KeyDestroyed):
        seal(ANNA, "phone", PHONE)
    with pytest.raises(Conflict):
        destroy_key(by=inspector, owner=ANNA, reason="再次")
    assert key_state(BERTA) is KeyState.NONE


def test_equal_values_are_found_without_being_readable(db: None) -> None:
    one, again, other, none = blind_indexes("phone", [PHONE, PHONE, "13900139000", ""])
    assert (one == again, one != other, none) == (True, True, "")
    assert one == blind_index("phone", PHONE) != blind_index("identity_number", PHONE)
    assert PHONE not in one


def test_many_values_are_sealed_with_few_queries(db: None) -> None:
    entries = [(Ref("tests.person", n), "phone", PHONE) for n in range(300)] + [(ANNA, "fax", "")]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        sealed = seal_all(entries)
    assert (len(set(sealed)), sealed[-1]) == (301, "")
    assert len(queries) <= 6, queries.captured_queries


def test_rotation_wraps_anew_and_leaves_the_sealed_values(inspector: Actor, settings: Any) -> None:
    sealed, index = sealed_of(ANNA), blind_index("phone", PHONE)
    destroy_key_of_berta = sealed_of(BERTA)
    destroy_key(by=inspector, owner=BERTA, reason="本人申请")
    settings.INSTALLATION_KEYS = ("new key", "key of the tests")
    assert rewrap_keys(by=inspector) == 2  # Anna's and the index's; Berta's is gone
    assert rewrap_keys(by=inspector) == 0
    settings.INSTALLATION_KEYS = ("new key",)
    assert reveal(by=inspector, owner=ANNA, sealed=sealed, purpose="核对")["phone"] == PHONE
    assert blind_index("phone", PHONE) == index
    with pytest.raises(KeyDestroyed):
        masked(BERTA, destroy_key_of_berta)
    assert Act.objects.filter(kind="personal_data.keys_rewrapped").count() == 1


def test_the_command_renews_the_key_file_and_running_processes_follow(
    inspector: Actor, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yaojian.operations.installation import installation_from_environment

    monkeypatch.setenv("YAOJIAN_DATA", str(tmp_path))
    settings.KEY_FILE = tmp_path / "secrets.json"
    before = installation_from_environment().secrets()
    settings.INSTALLATION_KEYS = (before.installation_key,)
    sealed = sealed_of(ANNA)
    call_command("rotate_keys", "--new-key", verbosity=0)
    after = installation_from_environment().secrets()
    assert after.installation_key != before.installation_key
    assert after.previous_installation_keys == (before.installation_key,)
    # A process that was started before knows the old key only, and finds the new one in the file.
    settings.INSTALLATION_KEYS = (before.installation_key,)
    assert masked(ANNA, sealed)["phone"] == "138****8000"
    assert json.loads((tmp_path / "secrets.json").read_text())["previous_installation_keys"]
    settings.INSTALLATION_KEYS = ("set from outside",)
    with pytest.raises(CommandError, match="YAOJIAN_INSTALLATION_KEY"):
        call_command("rotate_keys", "--new-key", verbosity=0)


def test_values_stay_out_of_the_log(inspector: Actor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sealed = sealed_of(ANNA)
    reveal(by=inspector, owner=ANNA, sealed=sealed, purpose="核对")
    with pytest.raises(SealBroken):
        reveal(
            by=inspector, owner=BERTA, sealed=sealed_of(BERTA) | {"phone": sealed["phone"]}, purpose="核对"
        )
    assert PHONE not in caplog.text
    assert NUMBER not in caplog.text

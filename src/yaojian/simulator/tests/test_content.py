"""The room's data files agree with each other and with the packs."""

from __future__ import annotations

from yaojian.foundation.accounts.facade import Role
from yaojian.packs.places import read_organs
from yaojian.registers.enterprises.facade import RiskGrade, SubjectType
from yaojian.simulator.content import content


def test_types_and_grades_are_those_of_the_register() -> None:
    for area in ("changji", "barkol"):
        counts = content("counts")[area]["types"]
        assert set(counts) <= set(SubjectType)
        assert counts.keys() == content("rates")[area].keys()
        for traits in counts.values():
            assert set(traits.get("risk", {})) <= set(RiskGrade)
            assert traits.get("recent", 0) + traits.get("closed", 0) <= traits["n"]


def test_accounts_stand_in_organs_with_known_roles_and_guests_come_from_somewhere() -> None:
    organs = {organ.code for organ in read_organs()}
    data = content("accounts")
    roles = {Role(account["role"]) for account in data["accounts"]}
    assert {Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.REGISTRAR, Role.APPROVER, Role.GUEST} < roles
    for account in data["accounts"]:
        assert (account["role"] == Role.GUEST) == (account.get("seconded_from") in organs)
    assert {account["organ"] for account in data["accounts"]} | set(data["inspectors"]) <= organs


def test_every_place_with_subjects_has_a_team_of_two() -> None:
    responsible = {
        organ.code for organ in read_organs() if organ.code.startswith("xj") and organ.level != "township"
    }
    assert responsible == set(content("accounts")["inspectors"])
    assert min(content("accounts")["inspectors"].values()) >= 2


def test_chances_add_up() -> None:
    for area in ("changji", "barkol"):
        for name, rates in content("rates")[area].items():
            assert abs(sum(rates["findings"]) - 1) < 1e-9, name
            assert abs(sum(rates["kinds"].values()) - 1) < 1e-9, name
            most = max(count for count, chance in enumerate(rates["findings"]) if chance)
            assert len(content("findings")[rates["family"]]) >= most, name

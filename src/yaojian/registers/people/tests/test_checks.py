"""Numbers are made plain, checked, and refused with a reason that does not repeat them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yaojian.foundation.errors import InvalidInput
from yaojian.registers.people.checks import (
    checked_certificate,
    checked_identity_number,
    checked_inspector_certificate,
    checked_mobile,
    checked_registration,
    identity_check_digit,
    initials_of,
    plain_name,
    sex_in,
)

TODAY = date(2026, 11, 22)
# The example of GB 11643-1999, appendix A.
EXAMPLE = "11010519491231002X"


def slow_check_digit(body: str) -> str:
    """ISO 7064 MOD 11-2 as the standard writes it: P = (P + digit) · 2 mod 11, then what is missing to 1."""
    p = 0
    for digit in body:
        p = (p + int(digit)) * 2 % 11
    missing = (1 - p) % 11
    return "X" if missing == 10 else str(missing)


def test_the_example_of_the_standard() -> None:
    assert checked_identity_number(EXAMPLE, TODAY) == EXAMPLE
    assert sex_in(EXAMPLE) == "f"


@given(st.text(alphabet="0123456789", min_size=17, max_size=17))
def test_the_check_digit_agrees_with_the_recursive_form(body: str) -> None:
    assert identity_check_digit(body) == slow_check_digit(body)


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(at: int, by: int) -> None:
    wrong = EXAMPLE[:at] + str((int(EXAMPLE[at]) + by) % 10) + EXAMPLE[at + 1 :]
    with pytest.raises(InvalidInput):
        checked_identity_number(wrong, TODAY)


@pytest.mark.parametrize(
    "text", ["１１０１０５１９４９１２３１００２Ｘ", " 110105 19491231 002x ", "110105-19491231-002X"]
)
def test_full_width_blanks_and_small_letters_are_made_plain(text: str) -> None:
    assert checked_identity_number(text, TODAY) == EXAMPLE


@pytest.mark.parametrize(
    "number",
    [
        "110105491231002",  # 15 digits
        "11010519491231002",
        "110105194912310021",  # wrong check character
        "99010519491231002X",
        "11010519490231002X",  # 31 February
        "110105209912310026",
        "11010518001231002X",
        "X10105194912310021",
        "",
    ],
)
def test_wrong_numbers_are_refused_without_being_repeated(number: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_identity_number(number, TODAY)
    assert refusal.value.field == "identity_number"
    assert not number or number not in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["13800138000", "１３８００１３８０００", "+86 138-0013-8000", "008613800138000"]
)
def test_mobile_numbers(text: str) -> None:
    assert checked_mobile(text) == "13800138000"


@pytest.mark.parametrize("text", ["12800138000", "1380013800", "0994-2345678", "abc", ""])
def test_other_numbers_are_no_mobile_numbers(text: str) -> None:
    with pytest.raises(InvalidInput):
        checked_mobile(text)


def test_numbers_of_certificates() -> None:
    assert checked_certificate("ｚｚ００１２３４５６") == "ZZ00123456"
    assert checked_certificate("2010 0656 5065 2000 1234 56") == "2010065650652000123456"
    assert checked_registration("６５２２２４００１２３４") == "652224001234"
    assert checked_inspector_certificate("新药检字〔2023〕0012号") == "新药检字[2023]0012号".replace(
        "[2023]", "〔2023〕"
    )
    for check, text in (
        (checked_certificate, "ZZ123"),
        (checked_certificate, "执业药师"),
        (checked_registration, "002224001234"),
        (checked_registration, "65222400123"),
        (checked_inspector_certificate, "<script>"),
        (checked_inspector_certificate, "9" * 41),
    ):
        with pytest.raises(InvalidInput):
            check(text)


@pytest.mark.parametrize(
    ("name", "plain", "initials"),
    [
        ("曾 志伟", "曾 志伟", "z zw"),
        ("  单田芳 ", "单田芳", "stf"),
        ("古丽娜尔 • 买买提", "古丽娜尔·买买提", "glne·mmt"),
        ("Anna  Li", "Anna Li", "anna li"),
    ],
)
def test_names(name: str, plain: str, initials: str) -> None:
    assert plain_name(name) == plain
    assert initials_of(plain) == initials

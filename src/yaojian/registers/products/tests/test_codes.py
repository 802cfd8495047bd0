"""Approval numbers and codes beside slow, obvious references."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yaojian.registers.products.codes import (
    FORMS,
    CodeError,
    check_ahm,
    check_ma,
    check_national_drug_code,
    check_trace_code,
    check_trace_prefix,
    parse_approval,
    plain_code,
)
from yaojian.registers.products.gs1 import GS, check_digit, check_gtin, date_of, parse_elements

WIDE = {ord(c): ord(c) + 0xFEE0 for c in map(chr, range(0x21, 0x7F))}
DIGITS = "0123456789"


def slow_check_digit(body: str) -> str:
    """The digit with which the weighted sum (1, 3, 1, 3 … from the right, itself included) divides by ten."""
    for digit in DIGITS:
        whole, total = body + digit, 0
        for place in range(len(whole)):
            weight = 1 if (len(whole) - 1 - place) % 2 == 0 else 3
            total += int(whole[place]) * weight
        if total % 10 == 0:
            return digit
    raise AssertionError


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.example)
def test_each_example_is_read_however_it_is_typed(form: object) -> None:
    example = form.example  # type: ignore[attr-defined]
    for typed in (example, example.translate(WIDE), f" {example[:4]} {example[4:]} ", example.lower()):
        parsed = parse_approval(typed, form.product_kind)  # type: ignore[attr-defined]
        assert (parsed.approval, parsed.plain) == (form.approval, plain_code(example))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("number", "year", "device_class", "category"),
    [
        ("国药准字H11020001", None, "", ""),
        ("国药准字Z10950001", None, "", ""),
        ("国药准字H20210001", 2021, "", ""),
        ("国药准字HJ20200001", 2020, "", ""),
        ("国械注准20213130001", 2021, "3", "13"),
        ("新械注准20212070001", 2021, "2", "07"),
        ("国械注进20153460001", 2015, "3", "46"),
        ("国食药监械（准）字2012第3400001号", 2012, "3", "40"),
        ("新昌械备20210001", 2021, "1", ""),
        ("国妆网备进字（沪）2021000001", 2021, "", ""),
        ("卫妆特字（2005）第0001号", 2005, "", ""),
    ],
)
def test_what_numbers_say_of_themselves(
    number: str, year: int | None, device_class: str, category: str
) -> None:
    parsed = parse_approval(number)
    assert (parsed.year, parsed.device_class, parsed.device_category) == (year, device_class, category)


@pytest.mark.parametrize(
    ("number", "kind", "reason"),
    [
        ("", "", "empty"),
        ("国药准字X20210001", "", "approval_unknown"),
        ("国药准字H2021001", "", "approval_unknown"),
        ("国药准字H99020001", "", "approval_unknown"),
        ("国械注准20211130001", "", "approval_unknown"),
        ("新械注准20213130001", "", "approval_unknown"),
        ("国药准字H20210001", "device", "approval_other_kind"),
        ("国药准字H20270001", "", "year_to_come"),
    ],
)
def test_wrong_numbers_are_refused(number: str, kind: str, reason: str) -> None:
    with pytest.raises(CodeError) as refusal:
        parse_approval(number, kind, this_year=2026)
    assert refusal.value.reason == reason


@given(st.text(DIGITS, min_size=7, max_size=17))
def test_check_digits_are_those_of_the_reference(body: str) -> None:
    assert check_digit(body) == slow_check_digit(body)


@given(st.sampled_from((8, 12, 13, 14)).flatmap(lambda n: st.text(DIGITS, min_size=n, max_size=n)))
def test_a_gtin_is_taken_exactly_when_its_digit_fits(digits: str) -> None:
    if digits[-1] == slow_check_digit(digits[:-1]):
        assert check_gtin(digits.translate(WIDE)) == digits.zfill(14)
    else:
        with pytest.raises(CodeError) as refusal:
            check_gtin(digits)
        assert (refusal.value.reason, refusal.value.found) == ("check_digit", slow_check_digit(digits[:-1]))


@given(
    st.text(DIGITS, min_size=13, max_size=13),
    st.text("ABCXYZabc0123456789-./", min_size=1, max_size=20),
    st.text("ABCXYZabc0123456789-./", min_size=1, max_size=20),
    st.dates(date(1980, 1, 1), date(2070, 12, 31)),
)
def test_element_strings_say_what_was_put_in(body: str, lot: str, serial: str, expires: date) -> None:
    gtin = body + slow_check_digit(body)
    scanned = f"]d201{gtin}17{expires:%y%m%d}10{lot}{GS}21{serial}"
    bracketed = f"(01){gtin}(17){expires:%y%m%d}(10){lot}(21){serial}"
    for text in (scanned, bracketed):
        found = parse_elements(text, this_year=2026)
        assert (found.gtin, found.lot, found.serial, found.expires_on) == (gtin, lot, serial, expires)


@given(st.text(DIGITS + "ABC()]" + GS, max_size=40))
def test_whatever_is_scanned_is_read_or_refused(text: str) -> None:
    with suppress(CodeError):
        parse_elements(text, this_year=2026)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("99123", "element_unknown"),
        ("(01)123", "element_short"),
        ("(10)", "element_short"),
        (f"10{'A' * 21}", "element_long"),
        ("(17)26133A", "element_characters"),
        ("(17)261301", "date"),
        ("(10)批号", "element_characters"),
        ("(10)A(10)B", "element_twice"),
        ("(01)06901230000015", "check_digit"),
    ],
)
def test_wrong_element_strings_are_refused(text: str, reason: str) -> None:
    with pytest.raises(CodeError) as refusal:
        parse_elements(text, this_year=2026)
    assert refusal.value.reason == reason


def test_the_last_day_of_a_month_and_the_nearest_century() -> None:
    assert date_of("280200", 2026) == date(2028, 2, 29)
    assert date_of("760101", 2026) == date(2076, 1, 1)
    assert date_of("770101", 2026) == date(1977, 1, 1)


def test_codes_of_which_only_the_form_is_known() -> None:
    assert check_trace_prefix("８１２３４５６") == "8123456"
    assert check_trace_code("81234560000000011234") == "81234560000000011234"
    assert check_national_drug_code("86900001000012") == "86900001000012"
    assert check_ma("ma.156.m0.100133.00001") == "MA.156.M0.100133.00001"
    assert check_ahm("AHM0001ABC") == "AHM0001ABC"
    for check in (check_trace_prefix, check_trace_code, check_national_drug_code, check_ma, check_ahm):
        for wrong in ("", "x", "1" * 40):
            with pytest.raises(CodeError):
                check(wrong)

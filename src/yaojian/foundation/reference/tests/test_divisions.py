"""Names of places by division code."""

from __future__ import annotations

import pytest

from yaojian.foundation.reference.facade import division_names, load_divisions, place_of

pytestmark = pytest.mark.django_db


def test_loading_brings_names_up_to_date() -> None:
    assert load_divisions([("9001", "旧名", ""), ("900101", "某县", "")]) == 2
    load_divisions([("9001", "新名", "New")])
    assert division_names(["9001", "900101", "999999"]) == {"9001": "新名", "900101": "某县"}


def test_a_place_is_told_as_far_as_it_is_known() -> None:
    names = {"9001": "某州", "900101": "某县", "900101100": "某镇"}
    assert place_of("900101100", names) == "某州某县某镇"
    assert place_of("900101", names) == "某州某县"
    assert place_of("900102100", names) == "某州"
    assert place_of("", names) == ""

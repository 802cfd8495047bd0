"""The percentile against its definition, read aloud."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yaojian.bench.quantiles import percentile

numbers = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=120)


def by_definition(values: list[float], percent: int) -> float:
    """The smallest value such that at least `percent` % of the values are not above it."""
    enough = [
        candidate
        for candidate in values
        if sum(value <= candidate for value in values) * 100 >= percent * len(values)
    ]
    return min(enough)


@given(numbers, st.integers(1, 100))
def test_equals_its_definition(values: list[float], percent: int) -> None:
    assert percentile(values, percent) == by_definition(values, percent)


@given(numbers)
def test_the_hundredth_is_the_greatest(values: list[float]) -> None:
    assert percentile(values, 100) == max(values)


@given(numbers, st.integers(1, 99))
def test_never_falls_with_the_percentage(values: list[float], percent: int) -> None:
    assert percentile(values, percent) <= percentile(values, percent + 1)


@pytest.mark.parametrize(("values", "percent"), [([], 95), ([1.0], 0), ([1.0], 101)])
def test_refuses_what_has_no_percentile(values: list[float], percent: int) -> None:
    with pytest.raises(ValueError, match="percent"):
        percentile(values, percent)

"""What the journal keeps of the filters of an export."""

from __future__ import annotations

from django.http import QueryDict

from yaojian.foundation.exports.answers import filters_of


def test_codes_are_kept_and_what_was_typed_is_not() -> None:
    query = QueryDict(
        "type=single_pharmacy&place=6523&q=13800000000&who=王某&page=3&sort=name&export=csv&risk=&signal=abcdef0123"
    )
    assert filters_of(query) == ["place=6523", "q", "type=single_pharmacy", "who"]

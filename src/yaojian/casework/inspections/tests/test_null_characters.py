"""A character that no text may hold is refused at its field, in every step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from yaojian.casework.inspections.models import Inspection
from yaojian.casework.inspections.tests.browsing import Browser, post
from yaojian.casework.inspections.tests.factories import World, on_site, opened, photo, rectifying, submitted

NUL = "过期\0药品"
Make = Callable[[World], Inspection]


@pytest.mark.parametrize(
    ("step", "make", "data", "field"),
    [
        ("finding", on_site, {"severity": "general", "description": NUL}, "finding_description"),
        ("finding", on_site, {"severity": "general", "description": "缺", "clause": NUL}, "finding_clause"),
        ("conclude", on_site, {"conclusion": "compliant", "summary": NUL}, "conclude_summary"),
        ("submit", rectifying, {"report": NUL}, "submit_report"),
        ("verify", submitted, {"note": NUL}, "verify_note"),
        ("return", submitted, {"reason": NUL, "rectify_by": "2099-01-01"}, "return_reason"),
        ("cancel", opened, {"reason": NUL}, "cancel_reason"),
        ("start", opened, {"started_at": "\0"}, "start_started_at"),
    ],
)
def test_a_null_character_is_an_error_of_its_field(
    world: World, browser: Browser, step: str, make: Make, data: dict[str, str], field: str
) -> None:
    inspection = make(world)
    state = Inspection.objects.get(pk=inspection.pk).state
    refused = post(browser(world.lead), step, inspection, data)
    assert refused.status_code == 422
    assert f'id="{field}_error"' in refused.content.decode()
    assert Inspection.objects.get(pk=inspection.pk).state == state


def test_a_photo_is_taken_whatever_its_file_is_called(world: World, browser: Browser) -> None:
    inspection, client = on_site(world), browser(world.lead)
    for name in ("a\0b.jpg", "好" * 300 + ".jpg", "😀.jpg", "../../x.jpg"):
        data = {"severity": "general", "description": "缺", "photos": [photo(name)]}
        assert post(client, "finding", inspection, data).status_code == 302, name

"""The pages of the registers, each with who opens it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from yaojian.bench.registers import province
from yaojian.bench.registers.sizes import LEADER, OFFICER
from yaojian.bench.visitor import Page

ALL = "whose=area"
FIRST_CODE = province.row(0).code
"""The code of a legal entity; the list links to its file when one searches for it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A page and the account that opens it: the leader sees the province, the officer a county."""

    username: str
    page: Page


def _leader(name: str, address: str, link: str = "") -> Measured:
    return Measured(LEADER, Page(name, address, link))


def _officer(name: str, address: str, link: str = "") -> Measured:
    return Measured(OFFICER, Page(f"county.{name}", address, link))


COUNTED = frozenset(
    [
        *(
            "subjects",
            "subjects.narrowed",
            "subjects.last_page",
            "subjects.as_of",
            "subjects.map",
            "licences",
        ),
        *("licences.number", "products", "people", "completeness", "county.subjects", "county.licences"),
    ]
)
"""Pages with counts that are kept: they are opened while the registers change, too."""
MEASURED = (
    _leader("workbench", "/"),
    _leader("subjects", f"/subjects/?{ALL}"),
    _leader("subjects.two_characters", f"/subjects/?{ALL}&q={quote('康源')}"),
    _leader("subjects.three_characters", f"/subjects/?{ALL}&q={quote('大药房')}"),
    _leader("subjects.initials", f"/subjects/?{ALL}&q=kydyf"),
    _leader("subjects.code", f"/subjects/?{ALL}&q=92150102YJ"),
    _leader("subjects.address", f"/subjects/?{ALL}&q={quote('福源街')}"),
    _leader("subjects.narrowed", f"/subjects/?{ALL}&type=single_pharmacy&risk=III&status=all"),
    _leader("subjects.last_page", f"/subjects/?{ALL}&page=9999"),
    _leader("subjects.as_of", f"/subjects/?{ALL}&as_of=2024-06-30"),
    _leader("subject", f"/subjects/?{ALL}", r"/subjects/\d+/"),
    _leader("subjects.map", f"/subjects/map/?{ALL}"),
    _leader("subjects.near", "/subjects/near/?lat=44.1&lon=110.2&radius=20000"),
    _leader("licences", f"/licences/?{ALL}"),
    _leader("licences.number", f"/licences/?{ALL}&q={quote('经营许2010')}"),
    _leader("licence", f"/licences/?{ALL}", r"/licences/\d+/"),
    _leader("workbench.search", f"/?q={quote('大药房')}"),
    _leader("products", f"/products/?{ALL}"),
    _leader("product", f"/products/?{ALL}", r"/products/\d+/"),
    _leader("people", f"/people/?{ALL}"),
    _leader("person", f"/people/?{ALL}", r"/people/\d+/"),
    _leader("entity", f"/subjects/?{ALL}&q={FIRST_CODE}", r"/subjects/entities/\d+/"),
    _leader("completeness", "/subjects/completeness/"),
    _leader("inspections", f"/inspections/?{ALL}"),
    _leader("journal", "/journal/"),
    _officer("workbench", "/"),
    _officer("subjects", "/subjects/"),
    _officer("subjects.two_characters", f"/subjects/?q={quote('康源')}"),
    _officer("subject", "/subjects/", r"/subjects/\d+/"),
    _officer("licences", "/licences/"),
    _officer("inspections", "/inspections/"),
    _officer("journal", "/journal/"),
)

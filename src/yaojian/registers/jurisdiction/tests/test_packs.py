"""The packs hold every duty of the plans, and a wrong table is refused with file, rule, field and cure."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from yaojian.registers.enterprises.facade import SubjectType
from yaojian.registers.jurisdiction.contracts import Confidence, Facts, Matter
from yaojian.registers.jurisdiction.packs import (
    JurisdictionPackRefused,
    check_together,
    parse_table,
    read_tables,
)
from yaojian.registers.jurisdiction.rules import responsible_for

RULE = {
    "id": "x-1",
    "matter": "sampling",
    "level": "county",
    "source": "某办法",
    "confidence": "M",
    "valid_from": "2024-01-01",
}
TABLE = {"table": "x", "region": "65", "title": {"zh": "某", "en": "Some"}, "rules": [RULE]}


def written(**rule: object) -> bytes:
    text = yaml.safe_dump({**TABLE, "rules": [{**RULE, **rule}]}, allow_unicode=True)
    return text.replace("'2024-01-01'", "2024-01-01").encode()


def test_every_region_with_a_plan_has_its_table() -> None:
    tables = {table.code: table for table in read_tables()}
    assert set(tables) == {"national", "neimenggu", "jiangxi", "ningxia", "xinjiang"}
    matters = {rule.matter for rule in tables["national"].rules}
    assert matters == set(Matter)
    for table in tables.values():
        for rule in table.rules:
            assert rule.source
            if table.region:
                assert rule.line, rule.code
                assert rule.quote, rule.code
            assert rule.confidence in (Confidence.HIGH, Confidence.MEDIUM)


@pytest.mark.parametrize("subject_type", list(SubjectType))
def test_every_type_of_subject_has_a_rule_in_every_matter(subject_type: SubjectType) -> None:
    national = next(table for table in read_tables() if table.code == "national")
    facts = Facts(subject_type.value, "652325100")
    answers = [responsible_for(facts, matter, date(2026, 11, 22), national.rules, []) for matter in Matter]
    assert [one.matter.value for one in answers if one.rule is None] == []
    assert not any(one.is_disputed for one in answers)


@pytest.mark.parametrize(
    ("change", "field", "cure"),
    [
        ({"matter": "weather"}, "matter", "Use one of licensing"),
        ({"level": "village"}, "level", "Use one of national"),
        ({"types": ["kiosk"]}, "types", "Use one of"),
        ({"types": "clinic"}, "types", "Write [one, two]"),
        ({"flags_all": ["shiny"]}, "flags_all", "Use one of"),
        ({"grades": ["V"]}, "grades", "Use one of"),
        ({"region": "64"}, "region", "Move the rule"),
        ({"region": "652"}, "region", "Write it in quotes"),
        ({"source": ""}, "source", "Name the instrument"),
        ({"confidence": "?"}, "confidence", "Use one of H, M, L"),
        ({"colour": "red"}, "colour", "Use one of article"),
        ({"assists": [{"level": "county"}]}, "assists", "Give level, zh and en"),
        ({"valid_to": "2020"}, "valid_to", "Write it as 2026-11-22"),
    ],
)
def test_a_wrong_rule_is_refused(change: dict[str, object], field: str, cure: str) -> None:
    with pytest.raises(JurisdictionPackRefused) as refusal:
        parse_table("x.yaml", written(**change))
    message = str(refusal.value)
    assert message.startswith(f"jurisdiction/x.yaml: rule x-1: {field}: ")
    assert cure in message


@pytest.mark.parametrize("content", [b"a: [", b"just text", b"table: x"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(JurisdictionPackRefused, match=r"jurisdiction/x\.yaml"):
        parse_table("x.yaml", content)


def test_tables_that_contradict_or_repeat_each_other_are_refused() -> None:
    one = parse_table("x.yaml", written())
    with pytest.raises(JurisdictionPackRefused, match=r"stands in x\.yaml as well"):
        check_together([one, one])
    other = parse_table("y.yaml", written(id="y-1", level="province"))
    with pytest.raises(JurisdictionPackRefused, match=r"contradicts county of rule x-1.*higher priority"):
        check_together([one, other])
    check_together([one, parse_table("y.yaml", written(id="y-1", level="province", priority=1))])

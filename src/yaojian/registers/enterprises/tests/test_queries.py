"""Which subjects one sees, how they are found, and how they are counted."""

from __future__ import annotations

from datetime import date

import pytest

from yaojian.foundation.errors import NotFound
from yaojian.registers.enterprises.facade import (
    Subject,
    SubjectFilter,
    answers_for,
    facet_counts,
    facilities_visible_to,
    matching,
    public_subject,
    public_subjects,
    spread,
    subject_visible_to,
    subjects_by_id,
    subjects_in_scope,
    subjects_visible_to,
)
from yaojian.registers.enterprises.tests.factories import (
    Region,
    make_region,
    officer,
    pharmacy,
    registered,
)

CLOSED = {"closed_on": date(2025, 5, 1)}


@pytest.fixture
def region(db: None) -> Region:
    return make_region()


@pytest.fixture
def four(region: Region) -> Region:
    """Two pharmacies and a closed clinic in 奇台县; a graded producer in 吉木萨尔县."""
    registered(
        *[
            pharmacy(1, region.qitai, name="奇台县惠民大药房"),
            pharmacy(2, region.qitai, name="同济堂医药连锁第 8 分店", subject_type="chain_store"),
            pharmacy(3, region.qitai, name="古城诊所", subject_type="clinic", **CLOSED),
            pharmacy(
                4,
                region.jimsar,
                name="天山制药有限公司",
                subject_type="drug_producer",
                division_code="652327100",
                risk_grade="III",
                flags=("sterile", "vaccine"),
            ),
        ]
    )
    return region


def numbers(subjects: object) -> set[int]:
    return {int(subject.code[-4:]) for subject in subjects}  # type: ignore[attr-defined]


def test_one_sees_what_one_answers_for_and_what_lies_on_ones_land(region: Region) -> None:
    registered(
        *[
            pharmacy(1, region.qitai),
            pharmacy(2, region.prefecture),
            pharmacy(3, region.qitai, division_code="652327100"),
            pharmacy(4, region.jimsar, division_code="652327100"),
            pharmacy(5, region.prefecture, division_code="652327100"),
        ]
    )
    qitai = officer(region.qitai)
    assert numbers(subjects_visible_to(qitai)) == {1, 2, 3}
    assert numbers(subjects_visible_to(officer(region.prefecture, "above"))) == {1, 2, 3, 4, 5}
    own, above = Subject.objects.get(code__endswith="0001"), Subject.objects.get(code__endswith="0002")
    assert answers_for(qitai, own)
    assert not answers_for(qitai, above)
    assert subject_visible_to(qitai, above.pk) == above
    with pytest.raises(NotFound):
        subject_visible_to(qitai, Subject.objects.get(code__endswith="0004").pk)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("惠民", {1}),
        ("药房", {1}),
        ("医药", {2}),
        ("hmdyf", {1}),
        ("HMDYF", {1}),
        ("tjt", {2}),
        ("9165232500", {1, 2, 4}),
        ("91652325000000000004", {4}),
        ("0000000004", {4}),
        ("新DB0000001", {1}),
        ("东大街 4", {4}),
        ("惠民 东大街", {1}),
        ("惠民 同济", set()),
        ("8", {2}),
        ("８", {2}),
        ("", {1, 2, 4}),
    ],
)
def test_subjects_are_found_by_fragment_initials_code_licence_and_address(
    four: Region, text: str, found: set[int]
) -> None:
    assert numbers(matching(Subject.objects.all(), SubjectFilter(text=text))) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (SubjectFilter(subject_type="clinic", status=""), {3}),
        (SubjectFilter(division="652327"), {4}),
        (SubjectFilter(risk_grade="III"), {4}),
        (SubjectFilter(risk_grade="none"), {1, 2}),
        (SubjectFilter(status="closed"), {3}),
        (SubjectFilter(status=""), {1, 2, 3, 4}),
    ],
)
def test_facets_narrow(four: Region, wanted: SubjectFilter, found: set[int]) -> None:
    assert numbers(matching(Subject.objects.all(), wanted)) == found


def test_counts(four: Region) -> None:
    registered(pharmacy(5, four.qitai))
    everything = Subject.objects.all()
    counts = facet_counts(everything, SubjectFilter(status="all"), 9)
    assert counts.total == 5
    assert next(iter(counts.types)) == "single_pharmacy"
    assert counts.types == {"single_pharmacy": 2, "chain_store": 1, "clinic": 1, "drug_producer": 1}
    assert counts.divisions == {"652325100": 4, "652327100": 1}
    assert counts.risks == {"III": 1, "": 4}
    assert spread(everything, 6).counts == {"652325": 4, "652327": 1}
    assert spread(everything, 9).counts == {"652325100": 4, "652327100": 1}


def test_a_facet_counts_what_choosing_it_would_leave(four: Region) -> None:
    counts = facet_counts(Subject.objects.all(), SubjectFilter(subject_type="chain_store"), 6)
    assert counts.types == {"single_pharmacy": 1, "chain_store": 1, "drug_producer": 1}
    assert counts.divisions == {"652325": 1}
    assert counts.risks == {"": 1}


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, {1, 2, 3}),
        ({"types": ["clinic", "chain_store"]}, {2, 3}),
        ({"risk_grades": ["III"]}, set()),
    ],
)
def test_scope_of_a_figure_by_territory(
    four: Region, conditions: dict[str, list[str]], found: set[int]
) -> None:
    assert numbers(subjects_in_scope(four.qitai, by_territory=True, **conditions)) == found  # type: ignore[arg-type]


def test_scope_of_a_figure_by_responsibility_flags_and_production(four: Region) -> None:
    def found(**conditions: object) -> set[int]:
        return numbers(subjects_in_scope(four.prefecture, by_territory=False, **conditions))  # type: ignore[arg-type]

    assert numbers(subjects_in_scope(four.jimsar, by_territory=False)) == {4}
    assert found() == {1, 2, 3, 4}
    assert found(flags_all=["sterile", "vaccine"]) == {4}
    assert found(flags_all=["sterile", "implant"]) == set()
    assert found(flags_any=["sterile", "implant"]) == {4}
    Subject.objects.filter(code__endswith="0001").update(in_production=False)
    assert found(in_production=False) == {1}
    assert found(in_production=True) == {2, 3, 4}


def test_an_organ_without_land_has_no_subjects_by_territory(four: Region) -> None:
    four.qitai.territories = []
    assert not subjects_in_scope(four.qitai, by_territory=True).exists()


def test_stores_of_a_chain(four: Region) -> None:
    headquarters = Subject.objects.get(code__endswith="0004")
    Subject.objects.exclude(pk=headquarters.pk).update(parent=headquarters)
    found = [s.code[-1] for s in facilities_visible_to(officer(four.prefecture), headquarters)]
    assert found == ["1", "2", "3"]
    assert not facilities_visible_to(officer(four.jimsar, "jm"), headquarters).exists()


def test_the_public_finds_by_name_or_by_the_whole_code(four: Region) -> None:
    def found(text: str) -> list[str]:
        return [subject.code[-1] for subject in public_subjects(text)]

    assert found("惠民") == ["1"]
    assert found("91652325000000000002") == ["2"]
    assert found("91652325") == []
    assert found("药") == []
    assert found("新DB0000003") == ["3"]
    assert found("古城") == ["3"]
    assert public_subject("91652325000000000003").name == "古城诊所"
    with pytest.raises(NotFound):
        public_subject("nothing")


def test_subjects_by_key_come_with_their_organ(four: Region, django_assert_num_queries: object) -> None:
    keys = list(Subject.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = subjects_by_id([*keys, 0])
        assert {found[key].responsible_organ.code for key in keys} == {"cj.qt", "cj.jm"}

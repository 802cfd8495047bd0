"""A row in fields: every row of the packs survives them, and each way of counting asks for what it needs."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.forms import BooleanField
from django.http import QueryDict

from yaojian.foundation.errors import RuleBroken
from yaojian.oversight.drafting.figures import divided, is_formed, without_part
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.drafting.shapes import CLASSES, OPERATORS, WAYS
from yaojian.oversight.drafting.tests.browser import sent_by
from yaojian.oversight.drafting.tests.factories import Drawing, drafted
from yaojian.oversight.drafting.tests.test_pages import client_of, text_of
from yaojian.oversight.drafting.web.editor import Editor
from yaojian.oversight.plans.packs import WORD_FILES
from yaojian.oversight.plans.targets import OPERATORS as COMPARISONS
from yaojian.oversight.plans.vocabulary import PACK_FOLDER, read_yaml, vocabulary

ROWS = [
    row
    for path in sorted(PACK_FOLDER.glob("*.yaml"))
    if path.name not in WORD_FILES
    for row in read_yaml(path)["rows"]
]


def sent(editor: Editor, **values: str | list[str]) -> QueryDict:
    """What a browser would send for the forms of an editor, some fields filled in."""
    editor.show()
    data = QueryDict(mutable=True)
    forms = [*editor.singles()]
    for lines in editor.lists().values():
        forms += [lines.management_form, *lines.forms]
    for bound in (bound for form in forms for bound in form):
        value = bound.value()
        if isinstance(value, list):
            data.setlist(bound.html_name, value)
        elif value is not False and not (value is None and isinstance(bound.field, BooleanField)):
            # Browsers send the ends of lines as CR LF.
            data[bound.html_name] = str("" if value is None else value).replace("\n", "\r\n")
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def places() -> list[tuple[dict[str, Any], str]]:
    """Every row and every part of a row: with its letter, or none."""
    return [(row, letter) for row in ROWS for letter in ("", *(part["id"] for part in row.get("parts", [])))]


def test_opening_and_saving_any_row_of_the_packs_changes_nothing() -> None:
    assert len([row for row in ROWS if not row.get("supplementary")]) == 257
    for row, letter in places():
        assert is_formed(row)
        data = sent(Editor(None, copy.deepcopy(row), letter))
        editor = Editor(data, copy.deepcopy(row), letter)
        assert editor.is_valid(), (row["id"], letter, [form.errors for form in editor.singles()])
        assert editor.written() == row, (row["id"], letter)


def test_every_word_of_the_language_has_its_field() -> None:
    assert {way.shape for way in WAYS.values()} == set(vocabulary().words("shapes"))
    assert set(CLASSES) == set(vocabulary().words("classes"))
    assert set(OPERATORS) == set(COMPARISONS)
    for way in WAYS.values():
        assert set(vocabulary().shapes[way.shape].required) <= set(way.parts), way.shape


def test_another_way_of_counting_keeps_what_it_asks_for_and_drops_the_rest() -> None:
    row = next(row for row in ROWS if row.get("formula", {}).get("shape") == "pass_rate")
    editor = Editor(sent(Editor(None, row), way="coverage:act"), row)
    assert editor.is_valid()
    changed = editor.written()
    assert changed["formula"] == {
        "shape": "coverage",
        "act": {"kind": "inspection.concluded"},
        "period": row["formula"]["period"],
    }
    assert "samples" not in changed["waits_for"]
    # The fields of the new way, filled in.
    given = sent(
        Editor(None, changed),
        scope_types=["single_pharmacy", "chain_store"],
        within="territory",
        minimum="2",
        period_unit="year",
    )
    for name in ("period_start", "period_end", "period_n"):
        given.pop(name, None)
    editor = Editor(given, changed)
    assert editor.is_valid()
    assert editor.written()["formula"] == {
        "shape": "coverage",
        "act": {"kind": "inspection.concluded"},
        "scope": {"types": ["single_pharmacy", "chain_store"]},
        "within": "territory",
        "minimum": 2,
        "period": {"unit": "year"},
    }


def test_other_data_take_their_own_narrowing_and_are_waited_for() -> None:
    row = next(row for row in ROWS if row.get("formula", {}).get("select") and "over" not in row["formula"])
    editor = Editor(sent(Editor(None, row), measure="complaints"), row)
    assert editor.is_valid()
    changed = editor.written()
    assert changed["formula"]["measure"] == "complaints"
    assert "select" not in changed["formula"]
    assert changed["waits_for"] == ["complaints"]


def test_goals_are_added_changed_and_removed() -> None:
    row = {**copy.deepcopy(ROWS[0]), "targets": [{"year": 2025, "op": ">=", "value": 50}]}
    filled = {
        "targets-0-value": "62.5",
        "targets-1-when": "year",
        "targets-1-year": "2023",
        "targets-1-op": "between",
        "targets-1-value": "3",
        "targets-1-high": "5",
        "targets-2-when": "baseline",
        "targets-2-year": "2020",
        "targets-2-value": "B+",
    }
    editor = Editor(sent(Editor(None, row), **filled), row)
    assert editor.is_valid()
    assert editor.written()["targets"] == [
        {"year": 2025, "op": ">=", "value": 62.5},
        {"year": 2023, "op": "between", "low": 3, "high": 5},
        {"year": 2020, "baseline": True, "value": "B+"},
    ]
    emptied = {f"targets-0-{name}": "" for name in ("when", "year", "op", "value")}
    editor = Editor(sent(Editor(None, row), **emptied), row)
    assert editor.is_valid()
    assert editor.written()["targets"] == []


def test_a_row_is_divided_and_made_one_again() -> None:
    row = next(row for row in ROWS if "formula" in row)
    two = divided(row)
    assert [part["id"] for part in two["parts"]] == ["a", "b"]
    assert "formula" not in two
    assert two["parts"][0]["formula"] == row["formula"]
    assert without_part(two, "b") == row
    assert [part["id"] for part in divided(two)["parts"]] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "broken", [{"formula": "text"}, {"targets": [1]}, {"formula": {"scope": ["x"]}}, {"waits_for": [{}]}]
)
def test_what_fields_cannot_show_is_left_to_the_text(world: Drawing, broken: dict[str, Any]) -> None:
    draft = drafted(world)
    draft.pack["rows"][0] |= broken
    PlanDraft.objects.filter(pk=draft.pk).update(pack=draft.pack)
    address = f"/plans/drafts/{draft.pk}/rows/500-01/"
    client = client_of(world.planner)
    assert client.get(address)["Location"] == f"{address}text/"
    assert client.get(f"{address}text/").status_code == 200


def test_an_officer_adds_a_duty_without_writing_a_word_of_yaml(world: Drawing) -> None:
    draft = drafted(world)
    client, home = client_of(world.planner), f"/plans/drafts/{draft.pk}/"
    new = f"{home}rows/new/"
    given: dict[str, Any] = sent_by(client.get(new).content.decode())
    assert given["id"] == ["500-03"]
    given |= {
        "title_zh": "零售药店每季度检查",
        "title_en": "Quarterly inspection of pharmacies",
        "quote": "每季度检查一次",
        "klass": "mandate",
        "attribute": "binding",
        "unit": "percent",
        "unit_zh": "%",
        "responsible_level": "county",
        "targets-0-when": "year",
        "targets-0-year": "2030",
        "targets-0-op": ">=",
        "targets-0-value": "100",
        "way": "coverage:act",
        "choose": "1",
    }
    # Choosing shows the fields of that way, keeps what was typed, and saves nothing.
    page = client.post(new, given)
    assert page.status_code == 200
    draft.refresh_from_db()
    assert draft.version == 1
    given = sent_by(page.content.decode())
    assert given["title_zh"] == ["零售药店每季度检查"]
    assert "scope_types" in page.content.decode()
    given.pop("choose", None)
    given |= {"scope_types": ["single_pharmacy"]}
    row = f"{home}rows/500-03/"
    assert client.post(new, given)["Location"] == row
    # What is missing stands at its fields, in Chinese.
    page = client.get(row)
    errors = page.context["editor"].formula.errors
    assert "频次或时段" in str(errors["period_unit"])
    given = sent_by(page.content.decode())
    given |= {"within": "territory", "period_unit": "quarter"}
    assert client.post(row, given)["Location"] == row
    assert "本条目无问题" in text_of(client.get(row))
    draft.refresh_from_db()
    assert draft.pack["rows"][-1]["formula"]["period"] == {"unit": "quarter"}
    # The same row, as text and back, without a change.
    before = draft.version
    assert client.post(row, sent_by(client.get(row).content.decode())).status_code == 302
    draft.refresh_from_db()
    assert draft.version == before
    assert "unit: quarter" in client.get(f"{row}text/").content.decode()


def test_parts_have_pages_of_their_own(world: Drawing) -> None:
    draft = drafted(world)
    client, row = client_of(world.planner), f"/plans/drafts/{draft.pk}/rows/500-01/"
    assert client.post(f"{row}divide/", {"version": "1"})["Location"] == row
    page = client.get(row)
    assert f"{row}parts/b/" in page.content.decode()
    part = f"{row}parts/b/"
    page = client.get(part)
    assert "way" in page.context["editor"].formula.errors
    given: dict[str, Any] = sent_by(page.content.decode())
    assert client.post(part, given | {"title_zh": "第二项"})["Location"] == part
    draft.refresh_from_db()
    assert draft.pack["rows"][0]["parts"][1]["title_zh"] == "第二项"
    assert client.post(f"{part}remove/", {"version": str(draft.version)})["Location"] == row
    draft.refresh_from_db()
    assert "parts" not in draft.pack["rows"][0]
    assert client.get(part).status_code == 404
    # Somebody else was quicker: the row's page says so, and nothing changes.
    again = client.post(f"{part}remove/", {"version": str(draft.version)}, follow=True)
    assert "该条目没有这个分项" in again.content.decode()


def test_a_row_has_at_most_as_many_parts_as_letters() -> None:
    row: dict[str, Any] = {"id": "500-01", "targets": []}
    for _ in range(25):
        row = divided(row)
    assert [part["id"] for part in row["parts"]] == list("abcdefghijklmnopqrstuvwxyz")
    with pytest.raises(RuleBroken):
        divided(row)

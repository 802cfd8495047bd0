"""What the template tags write: words beside colour, links that keep the address, fields tied together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.forms import formset_factory
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from yaojian.foundation.design.charts import Series, Target, chart_option
from yaojian.foundation.design.samples import component_samples


class VisitForm(forms.Form):
    subject = forms.CharField(label="Subject", help_text="Name or code")
    severity = forms.ChoiceField(label="Severity", choices=[("a", "A")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)


def written(source: str, address: str = "/", **context: Any) -> str:
    request = RequestFactory().get(address)
    with translation.override("en"):
        return Template("{% load design %}" + source).render(Context({"request": request, **context}))


def test_icon_is_silent_or_named() -> None:
    assert 'aria-hidden="true"' in written('{% icon "check" %}')
    assert 'role="img" aria-label="Locked"' in written('{% icon "lock" label="Locked" %}')
    with pytest.raises(ValueError, match="no-such-icon"):
        written('{% icon "no-such-icon" %}')


def test_status_says_in_words_what_it_colours() -> None:
    html = written('{% status_badge "due-soon" "Rectifying" %}')
    assert "status-due_soon" in html
    assert "Rectifying" in html
    assert "#clock" in html


def test_due_badge() -> None:
    today = date(2026, 11, 22)
    html = written("{% due_badge due today=today reason='article 99' %}", due=date(2026, 11, 10), today=today)
    assert "12 days overdue" in html
    assert 'title="Due on 2026-11-10 · article 99"' in html
    moment = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert "1 day left" in written("{% due_badge due today=today %}", due=moment, today=today)
    assert "Done in time" in written("{% due_badge due today=today done_on=today %}", due=today, today=today)
    assert "No deadline" in written("{% due_badge None %}")


def test_missing_values_are_shown_as_missing() -> None:
    for source in (
        "{{ None|number }}",
        "{{ None|percent }}",
        "{{ None|datetime_cn }}",
        "{{ None|or_missing }}",
    ):
        html = written(source)
        assert "—" in html
        assert 'title="no data"' in html
    assert written("{{ 0|number }}|{{ 0|or_missing }}|{{ 99.96|percent }}") == "0|0|99.9%"


def test_text_is_escaped() -> None:
    assert "<b>" not in written('{% status_badge "info" text %}{% crumb text "/a" %}', text="<b>")


def test_field_ties_label_hint_and_error_together() -> None:
    form = VisitForm({})
    html = written("{% field form.subject %}", form=form)
    assert '<label class="field-label" for="id_subject">' in html
    assert 'aria-describedby="id_subject_hint id_subject_error"' in html
    assert 'id="id_subject_hint"' in html
    assert 'id="id_subject_error"' in html
    assert 'aria-invalid="true"' in html
    assert "optional" not in html
    assert "optional" in written("{% field form.note %}", form=form)


def test_choices_are_a_group_with_a_legend() -> None:
    html = written("{% field form.severity %}", form=VisitForm())
    assert "<fieldset" in html
    assert "<legend" in html
    assert 'class="form-check-input' not in html


def test_error_summary_links_to_each_field() -> None:
    html = written("{% error_summary form %}", form=VisitForm({}))
    assert 'href="#id_subject"' in html
    assert 'href="#id_severity_0"' in html
    assert "2 entries" in html
    assert (
        written("{% error_summary form %}", form=VisitForm({"subject": "x", "severity": "a"})).strip() == ""
    )


def test_error_summary_of_a_formset_names_the_row() -> None:
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-note": "x"}
    html = written("{% error_summary forms %}", forms=formset_factory(VisitForm)(data))
    assert "Row 1 · Subject" in html
    assert 'href="#id_form-0-subject"' in html


def test_pager_keeps_the_rest_of_the_address() -> None:
    page = Paginator(range(2969), 50).page(7)
    html = written("{% pager page %}", "/subjects/?due=overdue&page=7", page=page)
    assert "?due=overdue&amp;page=8" in html
    assert "?due=overdue&amp;page=6" in html
    assert "301–350 of 2\u202f969" in html
    assert 'aria-current="page"' in html
    assert written("{% pager page %}", page=Paginator([], 50).page(1)).strip() == ""


@pytest.mark.parametrize(
    ("address", "url", "direction"),
    [
        ("/?page=3", "?sort=due", "none"),
        ("/?sort=due", "?sort=-due", "ascending"),
        ("/?sort=-due", "?sort=due", "descending"),
    ],
)
def test_sort_header_turns_round(address: str, url: str, direction: str) -> None:
    html = written('{% sort_header "Due" "due" %}', address)
    assert f'href="{url}"' in html
    assert f'aria-sort="{direction}"' in html


def test_figure_card_without_a_figure_says_why() -> None:
    html = written("{% figure_card 'Samples' None target=4 unit='‰' note='Waits for the register.' %}")
    assert "No figure yet" in html
    assert "Waits for the register." in html
    assert '<svg class="bar' not in html
    html = written("{% figure_card 'Coverage' 99.96 target=100 status='due_soon' status_text='At risk' %}")
    assert ">99.9<" in html
    assert "Target 100" in html
    assert 'class="bar-tick"' in html


def test_timeline_marks_what_was_entered_later() -> None:
    at = datetime(2026, 11, 12, 2, 30, tzinfo=UTC)
    late = {"at": at, "recorded_at": at + timedelta(days=3), "title": "Concluded"}
    html = written("{% timeline items %}", items=[late])
    assert "entered later" in html
    assert "Entered on 2026-11-15 10:30" in html
    assert "2026-11-12 10:30" in html
    assert "entered later" not in written("{% timeline items %}", items=[{"at": at, "title": "x"}])


def test_stepper_says_states_in_words() -> None:
    html = written(
        "{% stepper steps %}",
        steps=[{"label": "Planned", "state": "done"}, {"label": "On site", "state": "current"}],
    )
    assert "(done)" in html
    assert 'aria-current="step"' in html


def test_chart_carries_its_table_and_its_data() -> None:
    option = chart_option(
        "bar", ["A", "B"], [Series("Coverage", [98.25, None])], unit="%", targets=[Target(95, "Target")]
    )
    html = written('{% chart "c" option "B has no figure" %}', option=option)
    assert '<script id="c-option" type="application/json">' in html
    assert "98.25" in html
    assert "—" in html
    assert "B has no figure" in html


def test_chart_refuses_values_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="1 values for 2"):
        chart_option("line", ["A", "B"], [Series("x", [1])], unit="%")


def test_an_unknown_tag_is_an_error() -> None:
    with pytest.raises(TemplateSyntaxError):
        written("{% no_such_tag %}")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_component_page_shows_every_component(language: str) -> None:
    with translation.override(language):
        context = {**component_samples(), "navigation": [], "actor": None}
        html = Template("{% load design %}{% include 'design/components_page.html' %}").render(
            Context({"request": RequestFactory().get("/"), **context})
        )
    for css in (
        "figure-card",
        "data-table",
        "pager",
        "stepper",
        "timeline-list",
        "empty-state",
        "error-summary",
    ):
        assert css in html
    assert html.count("<h1") == 1


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_error_pages_need_nothing(code: int) -> None:
    with translation.override("zh-hans"):
        html = render_to_string(f"design/errors/{code}.html")
    assert "怎么办" in html
    assert "保留了什么" in html
    assert f">{code}<" in html.replace("\n", "")

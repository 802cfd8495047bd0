"""Sample data for the page that shows every component in its states; all names are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import pgettext_lazy

from yaojian.foundation.design.charts import Series, Target, chart_option
from yaojian.foundation.timekeeping import today

LONG_NAME = (
    "新疆维吾尔自治区昌吉回族自治州木垒哈萨克自治县益民康泰大药房连锁有限责任公司人民南路第一百二十八分店"
)
PICTURE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 320 240'%3E"
    "%3Crect width='320' height='240' fill='%23cfdde0'/%3E%3Cpath d='M0 190l90-70 60 45 70-80 100 105v50H0z' "
    "fill='%2394b3b9'/%3E%3Ccircle cx='70' cy='60' r='22' fill='%23eef4f5'/%3E%3C/svg%3E"
)


class SampleForm(forms.Form):
    """One field of each kind."""

    subject = forms.CharField(
        label=pgettext_lazy("sample", "Subject"),
        max_length=60,
        help_text=pgettext_lazy("sample", "Name or unified social credit code, for example 91652300…"),
    )
    visited_on = forms.DateField(
        label=pgettext_lazy("sample", "Date of the visit"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("sample", "Kind of inspection"),
        choices=[
            ("routine", pgettext_lazy("sample", "Routine")),
            ("flight", pgettext_lazy("sample", "Unannounced")),
        ],
    )
    severity = forms.ChoiceField(
        label=pgettext_lazy("sample", "Severity"),
        widget=forms.RadioSelect,
        choices=[
            ("critical", pgettext_lazy("sample", "Critical")),
            ("major", pgettext_lazy("sample", "Major")),
            ("general", pgettext_lazy("sample", "General")),
        ],
    )
    note = forms.CharField(
        label=pgettext_lazy("sample", "Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    announced = forms.BooleanField(
        label=pgettext_lazy("sample", "The visit was announced beforehand"),
        required=False,
        help_text=pgettext_lazy("sample", "Leave empty for flight inspections."),
    )


def _table_rows(day: date) -> list[dict[str, Any]]:
    names = [
        (LONG_NAME, "91652328MA0000001X", -12),
        ("昌吉市惠民大药房", "91652301MA0000002Y", 0),
        ("阜康市天山药业批发有限公司", "91652302MA0000003Z", 3),
        ("呼图壁县同济堂单体药店", "91652323MA0000004A", 41),
    ]
    return [
        {
            "name": name,
            "code": code,
            "due": day + timedelta(days=days),
            "visits": visits,
            "css": "is-overdue" if days < 0 else "is-due_soon" if days <= 7 else "",
        }
        for (name, code, days), visits in zip(names, (0, 2, 11, None), strict=True)
    ]


def _timeline() -> list[dict[str, Any]]:
    start = datetime(2026, 11, 12, 2, 30, tzinfo=UTC)
    actor = {"actor": "古丽娜尔", "organ": "昌吉回族自治州市场监督管理局"}
    return [
        {
            "at": start + timedelta(days=9),
            "title": pgettext_lazy("sample", "Rectification verified"),
            "kind": "done",
            "href": "#",
            **actor,
        },
        {
            "at": start + timedelta(days=6),
            "recorded_at": start + timedelta(days=9),
            "title": pgettext_lazy("sample", "Rectification submitted"),
            "kind": "info",
            "text": "已更换温湿度记录仪并重新校准，附校准证书及整改前后照片。",
            **actor,
        },
        {
            "at": start,
            "title": pgettext_lazy("sample", "Inspection concluded: to be rectified"),
            "kind": "due_soon",
            "icon": "clipboard-check",
            "facts": [
                (pgettext_lazy("sample", "Findings"), pgettext_lazy("sample", "1 major, 2 general")),
                (pgettext_lazy("sample", "Legal basis"), "《药品管理法》第九十九条"),
            ],
            **actor,
        },
    ]


def _facts(day: date) -> dict[str, Any]:
    return {
        "key_facts": [
            {"label": pgettext_lazy("sample", "Subject"), "value": LONG_NAME, "href": "#", "wide": True},
            {
                "label": pgettext_lazy("sample", "State"),
                "value": pgettext_lazy("sample", "Rectifying"),
                "kind": "due_soon",
            },
            {
                "label": pgettext_lazy("sample", "Next step"),
                "value": pgettext_lazy("sample", "Verify the rectification"),
                "hint": pgettext_lazy("sample", "Inspector in charge"),
            },
            {
                "label": pgettext_lazy("sample", "By"),
                "value": (day + timedelta(days=3)).isoformat(),
                "hint": pgettext_lazy("sample", "15 working days, article 99"),
            },
            {"label": pgettext_lazy("sample", "Risk grade"), "value": None},
        ],
        "definitions": [
            {"label": pgettext_lazy("sample", "Credit code"), "value": "91652328MA0000001X"},
            {"label": pgettext_lazy("sample", "Address"), "value": "木垒县人民南路 128 号 1 幢 1 层 101 室"},
            {"label": pgettext_lazy("sample", "Person in charge"), "value": None},
        ],
        "steps": [
            {"label": pgettext_lazy("sample", "Planned"), "state": "done", "at": date(2026, 11, 2)},
            {"label": pgettext_lazy("sample", "On site"), "state": "done", "at": date(2026, 11, 12)},
            {
                "label": pgettext_lazy("sample", "Rectifying"),
                "state": "current",
                "note": pgettext_lazy("sample", "3 days left"),
            },
            {"label": pgettext_lazy("sample", "Verified"), "state": "todo"},
            {"label": pgettext_lazy("sample", "Closed"), "state": "todo"},
        ],
        "stopped_steps": [
            {"label": pgettext_lazy("sample", "Planned"), "state": "done", "at": date(2026, 11, 2)},
            {
                "label": pgettext_lazy("sample", "Cancelled"),
                "state": "stopped",
                "note": pgettext_lazy("sample", "closed down before the visit"),
            },
        ],
    }


def _charts() -> dict[str, Any]:
    counties = ["昌吉市", "阜康市", "呼图壁县", "玛纳斯县", "奇台县", "吉木萨尔县", "木垒县"]
    share = Series(str(pgettext_lazy("sample", "Coverage")), [98.2, 91.4, 88.0, 100, None, 76.5, 93.1])
    quarters = ["2025 Q1", "2025 Q2", "2025 Q3", "2025 Q4", "2026 Q1", "2026 Q2", "2026 Q3"]
    done = Series(str(pgettext_lazy("sample", "Inspections")), [112, 164, 190, 231, 120, 175, 208])
    late = Series(str(pgettext_lazy("sample", "Overdue")), [8, 11, 9, 21, 6, 4, 3], meaning="overdue")
    return {
        "bar_option": chart_option(
            "bar",
            counties,
            [share],
            unit="%",
            targets=[Target(95, str(pgettext_lazy("sample", "Target")))],
            horizontal=True,
            maximum=100,
        ),
        "line_option": chart_option(
            "line", quarters, [done, late], unit=str(pgettext_lazy("sample", "times"))
        ),
    }


def component_samples(query: str = "") -> dict[str, Any]:
    """The context of `design/components_page.html`: data for usual, empty and error states."""
    day = today()
    invalid = SampleForm({"subject": "", "visited_on": "", "kind": "routine", "note": "现场记录"})
    invalid.is_valid()
    return {
        "today": day,
        "long_name": LONG_NAME,
        "due_dates": [day + timedelta(days=days) for days in (-12, -1, 0, 3, 41)],
        "rows": _table_rows(day),
        "page": Paginator(range(2969), 50).page(7),
        "filters": [
            {
                "label": pgettext_lazy("sample", "Type"),
                "value": pgettext_lazy("sample", "Single pharmacy"),
                "remove_url": "?",
            },
            {
                "label": pgettext_lazy("sample", "Due"),
                "value": pgettext_lazy("sample", "overdue"),
                "remove_url": "?",
            },
        ],
        "tabs": [
            {"label": pgettext_lazy("sample", "Timeline"), "url": "#timeline", "active": True, "count": 128},
            {"label": pgettext_lazy("sample", "Licences"), "url": "#licences", "count": 3},
            {"label": pgettext_lazy("sample", "People"), "url": "#people"},
        ],
        "timeline": _timeline(),
        "photos": [
            {
                "url": PICTURE,
                "caption": "阴凉柜温度显示 26.4 ℃",
                "taken_at": datetime(2026, 11, 12, 2, 41, tzinfo=UTC),
            },
            {"url": PICTURE, "caption": "处方药与非处方药未分柜摆放", "taken_at": None},
        ],
        "empty_form": SampleForm(auto_id="id_empty_%s"),
        "invalid_form": invalid,
        "query": query,
        **_facts(day),
        **_charts(),
    }

"""Template tags and filters of the design; `README.md` of this room shows each with an example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian.foundation.design import form_controls, wording
from yaojian.foundation.design.as_of import EARLIEST, as_of, latest
from yaojian.foundation.timekeeping import today as today_in_beijing

register = template.Library()

SPRITE = "design/vendor/tabler-icons-3.51.0/icons.svg"
COMPONENTS = "design/components"


@cache
def icon_names() -> frozenset[str]:
    """The names of all icons in the sprite."""
    path = Path(__file__).resolve().parent.parent / "static" / SPRITE
    return frozenset(re.findall(r'<symbol id="([^"]+)"', path.read_text(encoding="utf-8")))


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite; silent for screen readers unless it carries a `label`."""
    if name not in icon_names():
        raise ValueError(f"there is no icon {name!r} in {SPRITE}")
    href = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="icon {}" role="img" aria-label="{}"><use href="{}"></use></svg>', css, label, href
        )
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}"></use></svg>', css, href)


def missing(reason: str = "") -> SafeString:
    """The mark of a value that is not there, with the reason for those who point at it or listen."""
    reason = reason or _("no data")
    return format_html(
        '<span class="missing" title="{0}"><span aria-hidden="true">—</span>'
        '<span class="visually-hidden">{0}</span></span>',
        reason,
    )


@register.filter
def number(value: object, decimals: int = 0) -> str:
    """`value` with thousands set apart and fixed decimals; a missing value is shown as missing."""
    decimal = wording.as_decimal(value)
    return missing() if decimal is None else wording.grouped(decimal, int(decimals))


@register.filter
def percent(value: object, decimals: int = 1) -> str:
    """`value` (already in percent) with a percent sign; a missing value is shown as missing."""
    decimal = wording.as_decimal(value)
    return missing() if decimal is None else wording.percentage(decimal, int(decimals))


@register.filter
def datetime_cn(value: date | datetime | None) -> str:
    """2026-11-22 14:05 in Beijing time; a date without time stays a date."""
    return wording.minute(value) if value else missing()


@register.filter
def date_cn(value: date | datetime | None) -> str:
    """2026-11-22 in Beijing time."""
    return wording.as_date(value).isoformat() if value else missing()


@register.filter
def or_missing(value: object) -> object:
    """`value`, or the mark of a missing value."""
    return missing() if value is None or value == "" else value


@register.simple_tag
def crumb(label: object, url: str = "") -> SafeString:
    """One step of the breadcrumb; without `url` it is the present page."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li aria-current="page">{}</li>', label)


@register.inclusion_tag(f"{COMPONENTS}/status_badge.html")
def status_badge(kind: str, text: object, title: str = "", icon_name: str = "") -> dict[str, Any]:
    """A state in words, coloured by one of the five meanings and marked with an icon."""
    kind = wording.normal_kind(kind)
    return {"kind": kind, "text": text, "title": title, "icon_name": icon_name or wording.KINDS[kind]}


@register.inclusion_tag(f"{COMPONENTS}/status_badge.html")
def due_badge(
    due: date | datetime | None,
    today: date | None = None,
    done_on: date | datetime | None = None,
    soon_days: int = 7,
    working_days: int | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """A deadline in words with the date, and the `reason` (trigger and article), on demand."""
    if due is None:
        return {"kind": "neutral", "text": _("No deadline"), "title": reason, "icon_name": "circle-minus"}
    day = wording.as_date(due)
    if done_on:
        words = wording.finished_in_words(day, wording.as_date(done_on))
    else:
        words = wording.due_in_words(
            day, today or today_in_beijing(), soon_days=soon_days, working_days=working_days
        )
    title = f"{words.title} · {reason}" if reason else words.title
    return {"kind": words.kind, "text": words.text, "title": title, "icon_name": wording.KINDS[words.kind]}


@register.inclusion_tag(f"{COMPONENTS}/empty_state.html")
def empty_state(
    title: object,
    text: object = "",
    action_url: str = "",
    action_label: object = "",
    icon_name: str = "inbox",
) -> dict[str, Any]:
    """Says what belongs here and how it gets here."""
    return {
        "title": title,
        "text": text,
        "action_url": action_url,
        "action_label": action_label,
        "icon_name": icon_name,
    }


@register.inclusion_tag(f"{COMPONENTS}/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any]) -> dict[str, Any]:
    """Everything that is wrong with the forms, each linking to its field; nothing when all is well."""
    return {"errors": [error for form in forms for error in form_controls.errors_of(form)]}


@register.inclusion_tag(f"{COMPONENTS}/field.html")
def field(bound: BoundField, hint: object = "", css: str = "") -> dict[str, Any]:
    """A form field: label above, hint, control, error, tied together for screen readers."""
    return form_controls.described(bound, hint=hint, css=css)


@register.inclusion_tag(f"{COMPONENTS}/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """All hidden and visible fields of a form, in order, in one column."""
    return {"form": form}


@register.inclusion_tag(f"{COMPONENTS}/pager.html", takes_context=True)
def pager(context: RequestContext, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Where we are in a long list and how to move on; keeps every other parameter of the address."""
    query = context["request"].GET.copy() if "request" in context else None

    def link(number: int | str) -> str:
        if query is None:
            return f"?{parameter}={number}"
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    elided = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    steps = [
        {"number": step, "url": link(step), "far": abs(step - page.number) > 1}
        if isinstance(step, int)
        else {"number": step, "url": "", "far": True}
        for step in elided
    ]
    return {
        "page": page,
        "steps": steps,
        "previous": link(page.number - 1) if page.has_previous() else "",
        "next": link(page.number + 1) if page.has_next() else "",
    }


@register.inclusion_tag(f"{COMPONENTS}/as_of_bar.html", takes_context=True)
def as_of_bar(context: RequestContext) -> dict[str, Any]:
    """The day a page shows (`?as_of=`): a field to choose another, and a clear note when it is not today."""
    query = context["request"].GET.copy()
    shown = as_of(context["request"])
    for name in ("as_of", "page"):
        query.pop(name, None)
    return {
        "shown": shown,
        "earliest": EARLIEST,
        "latest": latest(),
        "kept": [(name, value) for name, values in query.lists() for value in values],
        "today_url": f"?{query.urlencode()}",
    }


@register.inclusion_tag(f"{COMPONENTS}/sort_header.html", takes_context=True)
def sort_header(context: RequestContext, label: object, key: str, css: str = "") -> dict[str, Any]:
    """A table heading that sorts by `key` through the address: ?sort=key, then ?sort=-key."""
    query = context["request"].GET.copy()
    current = query.get("sort", "")
    query["sort"] = f"-{key}" if current == key else key
    query.pop("page", None)
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    arrow = {"ascending": "arrow-up", "descending": "arrow-down"}.get(direction, "arrows-sort")
    url = f"?{query.urlencode()}"
    return {"label": label, "url": url, "direction": direction, "arrow": arrow, "css": css}


@register.inclusion_tag(f"{COMPONENTS}/chips.html")
def chips(filters: Sequence[Mapping[str, Any]], clear_url: str = "") -> dict[str, Any]:
    """The filters now in force, each removable."""
    return {"filters": filters, "clear_url": clear_url}


@register.inclusion_tag(f"{COMPONENTS}/tabs.html")
def tabs(items: Iterable[Mapping[str, Any]], label: object = "") -> dict[str, Any]:
    """Views of one file, each with an address of its own."""
    return {"items": items, "label": label or _("Views of this file")}


@register.inclusion_tag(f"{COMPONENTS}/bar.html")
def bar(
    value: object, maximum: object = 100, target: object = None, kind: str = "info", label: object = ""
) -> dict[str, Any]:
    """A thin bar of `value` in 0…`maximum`, with a tick at the target; empty when there is no value."""
    whole = wording.as_decimal(maximum) or wording.as_decimal(100)

    def share(part: object, most: float) -> str | None:
        decimal = wording.as_decimal(part)
        if decimal is None or whole is None:
            return None
        return f"{min(max(float(decimal / whole * 100), 0.0), most):.2f}"

    length = share(value, 100)
    # A target at the very end would be cut in half by the bar's edge; a full bar needs none.
    return {
        "share": length,
        "tick": None if length == "100.00" else share(target, 99.4),
        "kind": wording.normal_kind(kind),
        "label": label,
    }


@register.inclusion_tag(f"{COMPONENTS}/figure_card.html")
def figure_card(
    label: object,
    value: object,
    unit: object = "%",
    target: object = None,
    distance: object = "",
    status: str = "neutral",
    status_text: object = "",
    href: str = "",
    note: object = "",
    decimals: int = 1,
    maximum: object = 100,
) -> dict[str, Any]:
    """A figure, its target, the distance and what that means; `note` says why a value is missing."""
    decimal = wording.as_decimal(value)
    goal = wording.as_decimal(target)
    shown = None if decimal is None else wording.grouped(decimal, decimals)
    if decimal is not None and str(unit) == "%":
        shown = wording.percentage(decimal, decimals).removesuffix("%")
    return {
        "label": label,
        "shown": shown,
        "value": decimal,
        "unit": unit,
        "target": None if goal is None else f"{goal.normalize():f}",
        "distance": distance,
        "kind": wording.normal_kind(status),
        "status_text": status_text,
        "href": href,
        "note": note,
        "maximum": maximum,
        "has_bar": str(unit) == "%" or goal is not None,
    }


@register.inclusion_tag(f"{COMPONENTS}/timeline.html")
def timeline(items: Iterable[Mapping[str, Any]], label: object = "") -> dict[str, Any]:
    """What happened, newest first as given; an act entered much later than it happened says so."""
    entries = []
    for item in items:
        kind = wording.normal_kind(item.get("kind"))
        late = wording.recorded_late(item.get("at"), item.get("recorded_at"))
        fallback = {"kind": kind, "icon": item.get("icon") or wording.KINDS[kind], "late": late}
        entries.append({**item, **fallback})
    return {"items": entries, "label": label or pgettext("list of events", "Timeline")}


@register.inclusion_tag(f"{COMPONENTS}/late_entry.html")
def late_entry(at: datetime | None) -> dict[str, Any]:
    """The mark of an act that the public log proves to have been entered after a time; nothing for None."""
    return {"at": at}


@register.inclusion_tag(f"{COMPONENTS}/key_facts.html")
def key_facts(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The head of a file: who, what, state, next step and by when."""
    return {"items": items}


@register.inclusion_tag(f"{COMPONENTS}/definition_list.html")
def definition_list(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Names and values of a record; a value of None is shown as missing."""
    return {"items": items}


@register.inclusion_tag(f"{COMPONENTS}/stepper.html")
def stepper(steps: Iterable[Mapping[str, Any]], label: object = "") -> dict[str, Any]:
    """The states a file passes through; `state` of each: done, current, todo or stopped."""
    words = {
        "done": pgettext("step", "done"),
        "current": pgettext("step", "current"),
        "todo": pgettext("step", "to do"),
        "stopped": pgettext("step", "stopped"),
    }
    rows = [{**step, "words": words[str(step["state"])]} for step in steps]
    return {"steps": rows, "label": label or _("Progress of this file")}


@register.inclusion_tag(f"{COMPONENTS}/photo_grid.html")
def photo_grid(photos: Sequence[Mapping[str, Any]], empty_text: object = "") -> dict[str, Any]:
    """Photographs with what they show and when they were taken."""
    return {"photos": photos, "empty_text": empty_text or _("No photographs yet.")}


@register.inclusion_tag(f"{COMPONENTS}/chart.html")
def chart(
    id: str,
    option: Mapping[str, Any],
    title: object,
    note: object = "",
    source_url: str = "",
) -> dict[str, Any]:
    """A chart with its table and picture export; `title` states the finding, `option` is chart_option()."""
    columns = [table_column(series["values"]) for series in option["series"]]
    shown = list(zip(option["categories"], zip(*columns, strict=True), strict=True))
    return {
        "id": id,
        "id_option": f"{id}-option",
        "option": dict(option),
        "title": title,
        "note": note,
        "rows": shown,
        "series": option["series"],
        "unit": option["unit"],
        "targets": option["targets"],
        "source_url": source_url,
    }


def table_column(values: Sequence[object]) -> list[str]:
    """A chart's values for its table, all with as many decimals as the finest needs, three at most."""
    numbers = [wording.as_decimal(value) for value in values]
    places = [-int(n.normalize().as_tuple().exponent) for n in numbers if n is not None]
    decimals = min(max(places, default=0), 3)
    return [missing() if n is None else wording.grouped(n, max(decimals, 0)) for n in numbers]

"""The list of statements, one statement, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.paging import address
from yaojian.foundation.design.templatetags.design import datetime_cn
from yaojian.foundation.documents.web.panel import documents_context
from yaojian.foundation.errors import NotFound
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.ledger.facade import Act, acts_of_file, timeline_of_acts
from yaojian.oversight.statistics import actions
from yaojian.oversight.statistics.actions import file_ref
from yaojian.oversight.statistics.contracts import STATE_MEANINGS, STATE_NAMES
from yaojian.oversight.statistics.documents import may_add
from yaojian.oversight.statistics.models import Statistic
from yaojian.oversight.statistics.permissions import had_a_hand_in, verbs_open_to
from yaojian.oversight.statistics.queries import (
    statistic_visible_to,
    statistics_visible_to,
    with_evidence,
)
from yaojian.oversight.statistics.rules import dims_in_words, evidence_in_words, unit_of
from yaojian.oversight.statistics.states import StatisticState
from yaojian.oversight.statistics.web.forms import MINE, SPANS, ListForm, ReasonForm, label_of, span_of
from yaojian.oversight.statistics.web.listings import STATEMENTS, datum_name, value_of

PAGE_SIZE = 25
MOST_AT_ONCE = 200
_S = StatisticState


def waiting_for(actor: Actor) -> Q:
    """Statements that the actor could confirm now."""
    if not actor.may(Permission.STATISTIC_CONFIRM):
        return Q(pk__in=[])
    return Q(state=_S.SUBMITTED.value) & ~(
        Q(entered_by_id=actor.user_id) | Q(authors__contains=[actor.user_id])
    )


def matching(actor: Actor, form: ListForm) -> tuple[QuerySet[Statistic], QuerySet[Statistic]]:
    """The statements that all filters but the state leave, and those that all leave."""
    found = statistics_visible_to(actor)
    if datum := form.chosen("datum"):
        found = found.filter(datum=datum)
    if organ := form.chosen("organ"):
        found = found.filter(organ__code=organ)
    if year := form.chosen("year"):
        found = found.filter(first_on__year=year)
    state = form.chosen("state")
    if state == MINE:
        return found, found.filter(waiting_for(actor))
    return found, found.filter(state=state) if state else found.exclude(state=_S.WITHDRAWN.value)


@requires(Permission.STATISTIC_VIEW)
def statements(request: ActingRequest) -> HttpResponseBase:
    """The statements of the actor's organ and of those below it."""
    actor = request.actor
    form = ListForm(request.GET, actor=actor)
    anywhere, found = matching(actor, form)
    found = (
        with_evidence(found)
        .select_related("entered_by", "confirmed_by")
        .order_by("-last_on", "datum", "organ__code", "id")
    )
    if exporting(request):
        return export_of(request, STATEMENTS, found.iterator(500), found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    state = form.chosen("state")
    context = {
        "form": form,
        "page": page,
        "rows": [row_of(row) | {"evidence": evidence_in_words(row)} for row in page],
        "choices": state_choices(actor, anywhere, state, request.GET),
        "filters": filters_in_force(form, request.GET),
        "may_enter": actor.may(Permission.STATISTIC_ENTER),
        "may_import": actor.may(Permission.STATISTIC_ENTER) and actor.may(Permission.REGISTER_IMPORT),
        "may_confirm": state == MINE and actor.may(Permission.STATISTIC_CONFIRM),
        "is_narrowed": any(form.chosen(name) for name in form.fields),
    }
    return render(request, "statistics/list.html", context)


def row_of(row: Statistic) -> dict[str, Any]:
    """One statement as a row."""
    state = StatisticState(row.state)
    return {
        "statistic": row,
        "datum": datum_name(row),
        "breakdown": dims_in_words(row.of_datum, row.dims),
        "period": period_in_words(row),
        "value": row.grade or row.amount,
        "decimals": decimals_of(row),
        "unit": "" if row.grade else unit_of(row.measure),
        "state": (STATE_MEANINGS[state], STATE_NAMES[state]),
    }


def decimals_of(row: Statistic) -> int:
    """How many decimals the amount was stated with, at most four."""
    return 0 if row.amount is None else max(0, -int(row.amount.normalize().as_tuple().exponent))


def period_in_words(row: Statistic) -> str:
    """The period as people call it."""
    span = span_of(row.first_on, row.last_on)
    if span == "day":
        days = {"first": row.first_on.isoformat(), "last": row.last_on.isoformat()}
        return days["last"] if row.first_on == row.last_on else _("%(first)s to %(last)s") % days
    if span == "year":
        return pgettext("period", "%(year)s") % {"year": row.first_on.year}
    name = str(SPANS[span]) % {"n": span[1:]} if span[0] in "qm" else str(SPANS[span])
    return _("%(year)s, %(span)s") % {"year": row.first_on.year, "span": name}


def state_choices(
    actor: Actor, anywhere: QuerySet[Statistic], chosen: str, query: QueryDict
) -> list[dict[str, Any]]:
    """A chip for each state with how many statements it holds given the other filters."""
    counts: dict[str, int] = {}
    mine = 0
    waits = actor.may(Permission.STATISTIC_CONFIRM)
    for state, entered_by, authors in anywhere.order_by().values_list("state", "entered_by_id", "authors"):
        counts[state] = counts.get(state, 0) + 1
        mine += waits and state == _S.SUBMITTED.value and actor.user_id not in (entered_by, *authors)
    chips = [("", pgettext("statements", "All"), sum(counts.values()) - counts.get(_S.WITHDRAWN.value, 0))]
    if waits:
        chips.append((MINE, _("Waiting for my confirmation"), mine))
    chips += [(state.value, str(STATE_NAMES[state]), counts.get(state.value, 0)) for state in StatisticState]
    return [
        {"label": label, "count": count, "url": address(query, state=code), "active": chosen == code}
        for code, label, count in chips
        if count or code in ("", MINE, chosen)
    ]


def filters_in_force(form: ListForm, query: QueryDict) -> list[dict[str, Any]]:
    """The filters now in force, each with the address that removes it."""
    shown = []
    for name in ("datum", "organ", "year"):
        if value := form.chosen(name):
            label = label_of(form, name, value)
            remove = address(query, **{name: ""})
            shown.append({"label": form.fields[name].label, "value": label, "remove_url": remove})
    return shown


@requires(Permission.STATISTIC_VIEW)
def statement(request: ActingRequest, statistic_id: int) -> HttpResponse:
    """One statement with its evidence, its history and what may be done."""
    return statement_page(request, statistic_visible_to(request.actor, statistic_id))


def statement_page(
    request: ActingRequest,
    found: Statistic,
    *,
    refused: ReasonForm | None = None,
    verb: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a statement; with a form that was refused, as it was typed."""
    actor = request.actor
    verbs = verbs_open_to(actor, found)
    state = StatisticState(found.state)
    context = {
        **row_of(found),
        "verbs": verbs,
        "reason_forms": {
            "return": refused if verb == "return" and refused else ReasonForm(auto_id="return_%s"),
            "withdraw": refused if verb == "withdraw" and refused else ReasonForm(auto_id="withdraw_%s"),
        },
        "refused": refused,
        "own": state is _S.SUBMITTED
        and had_a_hand_in(actor, found)
        and actor.may(Permission.STATISTIC_CONFIRM),
        "may_correct": state is _S.CONFIRMED and actor.may(Permission.STATISTIC_ENTER),
        "corrections": list(found.corrections.exclude(state=_S.WITHDRAWN.value)),
        "facts": facts_of(found),
        "timeline": timeline_of_acts(
            acts_of_file(file_ref(found)).order_by("-recorded_at", "-id")[:50], said_of_act
        ),
        **documents_context(actor, file_ref(found), answers=may_add(actor, found.pk)),
    }
    return render(request, "statistics/statement.html", context, status=status)


def facts_of(found: Statistic) -> list[dict[str, Any]]:
    """What a statement says, for a definition list."""
    facts: list[dict[str, Any]] = [
        {"label": _("Organ described"), "value": found.organ.label},
        {
            "label": pgettext("statement", "Period"),
            "value": _("%(first)s to %(last)s")
            % {"first": found.first_on.isoformat(), "last": found.last_on.isoformat()},
        },
        {"label": _("Breakdown"), "value": dims_in_words(found.of_datum, found.dims) or _("The whole")},
        {
            "label": pgettext("statement", "Value"),
            "value": f"{value_of(found)} {unit_of(found.measure)}" if not found.grade else found.grade,
        },
    ]
    if found.sample_size:
        facts.append({"label": _("Sample size"), "value": found.sample_size})
    if found.method:
        facts.append({"label": _("Method or source"), "value": found.method})
    if found.note:
        facts.append({"label": _("Remark"), "value": found.note})
    facts.append(evidence_of(found))
    facts.append(
        {
            "label": _("Entered by"),
            "value": _("%(who)s, %(when)s")
            % {"who": found.entered_by.display_name, "when": datetime_cn(found.entered_at)},
        }
    )
    if found.submitted_by is not None and found.submitted_by != found.entered_by:
        facts.append(
            {
                "label": pgettext("statement", "Handed in by"),
                "value": _("%(who)s, %(when)s")
                % {"who": found.submitted_by.display_name, "when": datetime_cn(found.submitted_at)},
            }
        )
    if found.confirmed_by is not None:
        facts.append(
            {
                "label": _("Confirmed by"),
                "value": _("%(who)s, %(when)s")
                % {"who": found.confirmed_by.display_name, "when": datetime_cn(found.confirmed_at)},
            }
        )
    return facts


def evidence_of(found: Statistic) -> dict[str, Any]:
    """What a statement rests on; an imported table with the hash of its file."""
    row: Any = with_evidence(Statistic.objects.filter(pk=found.pk)).get()
    value = evidence_in_words(row)
    if not row.documents and row.table_sha256:
        value = _("%(what)s, SHA-256 %(hash)s") % {"what": value, "hash": row.table_sha256}
    return {"label": pgettext("statement", "Evidence"), "value": value}


def said_of_act(act: Act) -> dict[str, Any]:
    """What the history of a statement says of an act besides."""
    return {
        "text": act.facts.get("reason", ""),
        "facts": [(pgettext("statement", "Value"), act.facts["value"])] if "value" in act.facts else [],
    }


@requires(Permission.STATISTIC_CONFIRM)
@require_POST
def confirm_several(request: ActingRequest) -> HttpResponse:
    """Confirm the statements ticked in the list."""
    pks = [int(pk) for pk in request.POST.getlist("pk")[:MOST_AT_ONCE] if pk.isdecimal() and len(pk) < 18]
    done, refused = actions.confirm_statistics(by=request.actor, pks=pks)
    if done:
        messages.success(
            request,
            ngettext("%(n)s statement is confirmed.", "%(n)s statements are confirmed.", done) % {"n": done},
        )
    for _pk, error in refused[:5]:
        messages.error(request, str(error))
    if not pks:
        messages.info(request, _("Tick at least one statement."))
    return redirect(reverse("statistics:list") + f"?state={MINE}")


def choose_verb(verb: str) -> str:
    """A verb that has an address of its own. Raises NotFound."""
    if verb not in ("submit", "confirm", "return", "withdraw"):
        raise NotFound(_("There is no such step."))
    return verb

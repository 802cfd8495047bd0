"""The answer to a list's own address that asks for a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from django.db import transaction
from django.http import FileResponse, HttpRequest, QueryDict, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.contracts import Actor, Permission
from yaojian.foundation.accounts.permissions import check_may
from yaojian.foundation.design.templatetags.design import datetime_cn
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.exports.contracts import ExportFormat, Listing
from yaojian.foundation.exports.delimited import csv_pieces
from yaojian.foundation.exports.signal import SIGNAL
from yaojian.foundation.exports.workbook import Sheet, workbook_file
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.timekeeping import now, today

PARAMETER = "export"
BLOCK = 256 * 1024
MEDIA_TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv; charset=utf-8",
}
_NOT_FILTERS = frozenset({PARAMETER, SIGNAL, "page", "sort"})
_TYPED = frozenset({"q", "text", "search", "name", "number", "person", "near"})
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,40}")


def exporting(request: HttpRequest) -> bool:
    """Whether the address asks for the list as a file."""
    return bool(request.GET.get(PARAMETER))


def export_of(
    request: HttpRequest, listing: Listing, rows: Iterable[Any], count: int
) -> StreamingHttpResponse:
    """The rows as the file that the address asks for, and the act that they were taken out.

    `rows` are the page's, filtered and ordered, all `count` of them; give a lazy iterable. Raises NotAllowed,
    InvalidInput for an unknown format.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, Permission.REGISTER_EXPORT)
    wanted = _format(request)
    filters = filters_of(request.GET)
    values = [column.value for column in listing.columns]
    table = ([value(row) for value in values] for row in rows)
    head = [str(column.label) for column in listing.columns]
    if wanted is ExportFormat.CSV:
        pieces = _in_language(csv_pieces(head, table))
        answer = StreamingHttpResponse(pieces, content_type=MEDIA_TYPES[wanted])
        answer["Content-Disposition"] = content_disposition_header(True, _file_name(listing.code, wanted))
    else:
        widths = [column.width for column in listing.columns]
        sheets = [Sheet(str(listing.title), head, widths, table), _origin(actor, listing, count, filters)]
        answer = workbook_answer(workbook_file(sheets), listing.code)
    with transaction.atomic():
        record_act(
            by=actor,
            kind="list.exported",
            facts={"list": listing.code, "format": wanted.value, "count": count, "filters": filters},
        )
    return answer


def workbook_answer(file: IO[bytes], name: str) -> FileResponse:
    """A workbook as a download; the file is closed when the answer is, whether all of it was sent or not."""
    full = _file_name(name, ExportFormat.XLSX)
    answer = FileResponse(
        file, as_attachment=True, filename=full, content_type=MEDIA_TYPES[ExportFormat.XLSX]
    )
    answer.block_size = BLOCK
    return answer


def _file_name(name: str, wanted: ExportFormat) -> str:
    return f"{name}-{today():%Y%m%d}.{wanted.value}"


def _in_language(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, made in the language of now: the answer is read when the request's may be forgotten."""
    language = get_language()

    def made() -> Iterator[bytes]:
        with override(language):
            yield from pieces

    return made()


def _format(request: HttpRequest) -> ExportFormat:
    try:
        return ExportFormat(request.GET[PARAMETER])
    except ValueError:
        raise InvalidInput(
            _("There is no such format."), field=PARAMETER, cure=_("Choose xlsx or csv.")
        ) from None


def filters_of(query: QueryDict) -> list[str]:
    """What narrowed the list, for the journal: codes as they are, of what was typed only that it was."""
    found = []
    for name, value in sorted(query.items()):
        if name in _NOT_FILTERS or not value:
            continue
        is_code = name not in _TYPED and _CODE.fullmatch(str(value))
        found.append(f"{name[:40]}={value}" if is_code else name[:40])
    return found


def _origin(actor: Actor, listing: Listing, count: int, filters: Sequence[str]) -> Sheet:
    """The sheet that says where the list comes from."""
    rows = [
        (_("List"), str(listing.title)),
        (pgettext("sheet", "Rows"), count),
        (_("Filters"), " ".join(filters) or _("none")),
        (_("Taken out by"), actor.display_name),
        (_("Organ"), actor.organ_name),
        (_("At"), str(datetime_cn(now()))),
    ]
    return Sheet(pgettext("sheet", "Origin"), (_("What"), pgettext("sheet", "Content")), (18, 60), rows)

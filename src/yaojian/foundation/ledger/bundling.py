"""Making proof bundles: every act about subjects in closed days, for who has been let see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.ledger.contracts import SUBJECT_KIND
from yaojian.foundation.ledger.models import Act, ClosedDay, LogCheckpoint
from yaojian.foundation.ledger.models import Leaf as StoredLeaf
from yaojian.foundation.ledger.public_log import checkpoint_over, note_seen, whole_note
from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.bundles import Bundle, Day, Entry, Said
from yaojian.foundation.ledger.transparency.days import (
    BLOCK,
    Statement,
    block_of,
    path_in_day,
    salt_of,
)
from yaojian.foundation.ledger.transparency.hashing import EMPTY_ROOT, perfect_root, root_of
from yaojian.foundation.ledger.transparency.leaves import parse_leaf
from yaojian.foundation.ledger.transparency.store import LogFiles
from yaojian.foundation.ledger.transparency.tiles import split_hashes

MOST_ENTRIES = 3_000
"""A file with so many is some 10 MB, which a browser still checks."""
ERASED = "journal.act_erased"


@dataclass(frozen=True, slots=True)
class Closed:
    """Which days are closed, so that bundles can be made of them: the first holds everything before it."""

    first: date
    last: date


def closed_days() -> Closed | None:
    """The days of which bundles can be made: closed, and their closings in the log. None before the first."""
    found = ClosedDay.objects.filter(act__leaf__isnull=False).aggregate(first=Min("day"), last=Max("day"))
    return Closed(found["first"], found["last"]) if found["first"] else None


@dataclass(frozen=True, slots=True)
class MadeBundle:
    """A bundle as a file, with what it covers."""

    document: str
    since: date
    until: date
    count: int
    days: int

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"proof-{self.since:%Y%m%d}-{self.until:%Y%m%d}.json"


def proof_bundle(
    *,
    subjects: Sequence[int],
    name: str,
    since: date,
    until: date,
    readable: Callable[[Sequence[int]], Iterable[int]],
) -> MadeBundle:
    """The bundle of one subject (and those merged into it) for the closed days of a period.

    The caller has let the asking person see the subjects; `readable` says which of some acts (by key) that
    person may read: the others are proved and counted without their record. Raises InvalidInput, Conflict.
    """
    days = list(
        ClosedDay.objects.filter(day__gte=since, day__lte=until, act__leaf__isnull=False)
        .select_related("act__leaf")
        .order_by("day")
    )
    if not days:
        raise InvalidInput(
            _("No day of this period is closed yet."),
            field="since",
            cure=_("Each day is closed soon after midnight. Choose days before today."),
        )
    leaves = _leaves(subjects, days)
    erasures = _erasures([leaf.act for leaf in leaves if leaf.act and not leaf.act.salt])
    highest = max(leaf.index for leaf in [*leaves, *erasures.values(), *(day.act.leaf for day in days)])
    checkpoint = checkpoint_over(highest)
    if checkpoint is None:
        raise Conflict(_("The log has not signed these entries yet."), cure=_("Try again in a minute."))
    maker = _Maker(checkpoint, set(readable([leaf.act_id or 0 for leaf in leaves])), erasures)
    entries = tuple(maker.entry(leaf) for leaf in leaves)
    bundle = Bundle(
        name=name,
        subjects=tuple(subjects),
        since=days[0].day,
        until=days[-1].day,
        checkpoint=whole_note(checkpoint),
        notes=_notes(entries),
        days=_days(days, subjects, maker),
        entries=entries,
    )
    return MadeBundle(str(bundle), bundle.since, bundle.until, len(entries), len(days))


def _leaves(subjects: Sequence[int], days: Sequence[ClosedDay]) -> list[StoredLeaf]:
    """The entries about the subjects in the days, with their acts."""
    about = StoredLeaf.objects.filter(
        act__subject_kind=SUBJECT_KIND,
        act__subject_id__in=list(subjects),
        index__gte=days[0].begin,
        index__lt=days[-1].end,
    )
    found = list(about.select_related("act").order_by("index")[: MOST_ENTRIES + 1])
    if len(found) > MOST_ENTRIES:
        raise InvalidInput(
            _("There are more than %(most)s acts in this period.") % {"most": MOST_ENTRIES},
            field="since",
            cure=_("Choose a shorter period, and make several bundles: their days join."),
        )
    return found


def _erasures(acts: Sequence[Act]) -> dict[str, StoredLeaf]:
    """By identifier of each act whose content was destroyed the entry of the act that did so."""
    if not acts:
        return {}
    found = StoredLeaf.objects.filter(
        act__kind=ERASED, act__facts__erased__in=[str(act.uid) for act in acts]
    ).select_related("act")
    return {leaf.act.facts["erased"]: leaf for leaf in found if leaf.act}


def _notes(entries: Iterable[Entry]) -> tuple[str, ...]:
    seen = {one.leaf.seen for one in entries if one.leaf.seen}
    return tuple(filter(None, map(note_seen, sorted(seen, key=lambda one: one.size))))


class _Maker:
    """Gives entries their paths under one checkpoint, and the record to who may read it."""

    def __init__(
        self, checkpoint: LogCheckpoint, readable: set[int], erasures: Mapping[str, StoredLeaf]
    ) -> None:
        self._size, self._readable, self._erasures = checkpoint.size, readable, erasures
        self._nodes = LogFiles(settings.LOG_FOLDER).nodes(checkpoint.size)

    def entry(self, leaf: StoredLeaf) -> Entry:
        """An entry about a subject."""
        act = leaf.act
        assert act is not None
        erasure = self._erasures.get(str(act.uid)) if not act.salt else None
        return self._entry(
            leaf,
            opened=bool(act.salt) and act.pk in self._readable,
            subject=act.subject_id or 0,
            erasure=self._entry(erasure, opened=True) if erasure else None,
        )

    def closing(self, day: ClosedDay) -> Entry:
        """The entry that closes a day."""
        return self._entry(day.act.leaf, opened=True)

    def _entry(
        self, leaf: StoredLeaf, *, opened: bool, subject: int = 0, erasure: Entry | None = None
    ) -> Entry:
        raw, act = bytes(leaf.entry), leaf.act
        path = tuple(proofs.inclusion_proof(leaf.index, self._size, self._nodes))
        record = (bytes(act.canonical), bytes(act.salt)) if opened and act else (b"", b"")
        return Entry(leaf.index, path, raw, parse_leaf(raw), subject, *record, erasure)


def _days(days: Sequence[ClosedDay], subjects: Sequence[int], maker: _Maker) -> tuple[Day, ...]:
    """The days with what each says of the subjects: the blocks in which they stand are made again."""
    neighbours = {subject // BLOCK: _of_block(subject // BLOCK, days) for subject in subjects}
    made = []
    for closed in days:
        day, places = closed.day.isoformat(), len(closed.blocks) // 32 * BLOCK
        said = []
        for subject in subjects:
            entries: dict[int, list[bytes]] = {}
            for index, entry, key in neighbours[subject // BLOCK]:
                if closed.begin <= index < closed.end:
                    entries.setdefault(key, []).append(entry)
            counted = {key: (len(some), root_of(some)) for key, some in entries.items()}
            statement = Statement(subject, day, *counted.get(subject, (0, EMPTY_ROOT)))
            path = _path(closed, subject, counted) if subject < places else []
            said.append(Said(statement, salt_of(bytes(closed.seed), subject), tuple(path)))
        made.append(Day(day, maker.closing(closed), tuple(said)))
    return tuple(made)


def _of_block(block: int, days: Sequence[ClosedDay]) -> list[tuple[int, bytes, int]]:
    """Index, entry and subject of everything about the subjects of a block, in the log's order."""
    rows = StoredLeaf.objects.filter(
        act__subject_kind=SUBJECT_KIND,
        act__subject_id__gte=block * BLOCK,
        act__subject_id__lt=(block + 1) * BLOCK,
        index__gte=days[0].begin,
        index__lt=days[-1].end,
    ).order_by("index")
    found = rows.values_list("index", "entry", "act__subject_id")
    return [(index, bytes(entry), key) for index, entry, key in found if key is not None]


def _path(closed: ClosedDay, subject: int, counted: Mapping[int, tuple[int, bytes]]) -> list[bytes]:
    seed, blocks = bytes(closed.seed), bytes(closed.blocks)
    roots = split_hashes(blocks, len(blocks) // 32)
    block = block_of(seed, closed.day.isoformat(), subject // BLOCK, counted)
    if perfect_root(block) != roots[subject // BLOCK]:
        raise Conflict(
            _("The entries of %(day)s are not those that were counted when the day was closed.")
            % {"day": closed.day.isoformat()},
            cure=_("Tell the administrator: an audit of the log says what differs."),
        )
    return path_in_day(subject, block, roots)

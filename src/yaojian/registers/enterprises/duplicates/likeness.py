"""How alike two subjects are, and why. Pure; `finding` asks only about pairs that share a block."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

THRESHOLD = 60
"""Points from which a pair is shown."""
LARGEST_BLOCK = 60
"""A block with more members says nothing: a chain's unified code, a shopping street's coordinates."""
ALIKE = 0.6

_NOT_WORDS = re.compile(r"[^\w]+|_")
_USUAL = re.compile(
    r"有限责任公司|股份有限公司|有限公司|分公司|连锁|医药|大药房|药房|药店|药品|零售|门市部|诊所|卫生室|卫生院|分店|商店|商行|超市|总店"
)


class Reason(StrEnum):
    """Why two subjects may be one."""

    SAME_ENTITY = "same_entity"
    SAME_LICENCE = "same_licence"
    SAME_NAME = "same_name"
    ALIKE_NAME = "alike_name"
    SAME_ADDRESS = "same_address"
    SAME_PLACE = "same_place"
    SAME_TOWNSHIP = "same_township"


POINTS = {
    Reason.SAME_ENTITY: 35,
    Reason.SAME_LICENCE: 60,
    Reason.SAME_NAME: 45,
    Reason.ALIKE_NAME: 25,
    Reason.SAME_ADDRESS: 30,
    Reason.SAME_PLACE: 25,
    Reason.SAME_TOWNSHIP: 15,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the comparison needs of a subject; texts are plain (see `plain_text`)."""

    key: int
    subject_type: str
    name: str
    core: str
    address: str
    licence: str
    division: str
    entity: int | None
    parent: int | None
    position: tuple[float, float] | None
    pairs: frozenset[str] = field(default_factory=frozenset)

    @property
    def township(self) -> str:
        """The first nine digits of the place, or what there is of them."""
        return self.division[:9]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two subjects by key, the smaller first, with points and reasons."""

    first: int
    second: int
    score: int
    reasons: tuple[Reason, ...]


def plain_text(text: str) -> str:
    """A text as it is compared: width and case made equal, without spaces and punctuation."""
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text)).upper()


def core_of(name: str, places: Sequence[str] = ()) -> str:
    """What tells a name from others: without the county's name and what every shop is called."""
    core = name
    for place in places:
        core = core.replace(place, "")
    return _USUAL.sub("", core) or name


def bigrams(text: str) -> frozenset[str]:
    """Neighbouring pairs of characters; a single character stands for itself."""
    if len(text) < 2:
        return frozenset({text} if text else ())
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def dice(left: frozenset[str], right: frozenset[str]) -> float:
    """How much two sets share, 0 to 1."""
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def compared(left: Entry, right: Entry) -> Likeness | None:
    """How alike two subjects are; None when not alike enough, or when they cannot be one."""
    if left.subject_type != right.subject_type or left.parent == right.key or right.parent == left.key:
        return None
    reasons = tuple(_reasons(left, right))
    score = min(100, sum(POINTS[reason] for reason in reasons))
    named_alike = {Reason.SAME_NAME, Reason.ALIKE_NAME, Reason.SAME_LICENCE, Reason.SAME_ADDRESS}
    if score < THRESHOLD or not named_alike & set(reasons):
        return None
    first, second = sorted((left.key, right.key))
    return Likeness(first, second, score, reasons)


def _reasons(left: Entry, right: Entry) -> Iterator[Reason]:
    if left.entity is not None and left.entity == right.entity:
        yield Reason.SAME_ENTITY
    if left.licence and left.licence == right.licence:
        yield Reason.SAME_LICENCE
    if left.name == right.name:
        yield Reason.SAME_NAME
    elif _numbers(left.name) == _numbers(right.name) and dice(left.pairs, right.pairs) >= ALIKE:
        yield Reason.ALIKE_NAME
    if len(left.address) > 3 and left.address == right.address:
        yield Reason.SAME_ADDRESS
    if left.position is not None and left.position == right.position:
        yield Reason.SAME_PLACE
    if left.township == right.township:
        yield Reason.SAME_TOWNSHIP


def _numbers(name: str) -> list[str]:
    """The numbers in a name: the 8th and the 18th store of a chain are not one."""
    return re.findall(r"\d+|[一二三四五六七八九十百]+(?=店|分|号)", name)


def likenesses(entries: Iterable[Entry], focus: Collection[int] | None = None) -> list[Likeness]:
    """All pairs that are alike among entries; with `focus` only those with one of these keys.

    Compares within blocks: same licence, same entity, same name in a county, a shared part of the name or
    the same address in a township, same coordinates. O(n) blocks of at most 60 members.
    """
    blocks: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for entry in entries:
        for block in _blocks(entry):
            blocks[block].append(entry)
    wanted = None if focus is None else set(focus)
    seen: set[tuple[int, int]] = set()
    found: list[Likeness] = []
    for members in blocks.values():
        if not 2 <= len(members) <= LARGEST_BLOCK:
            continue
        for left, right in combinations(members, 2):
            pair = (left.key, right.key) if left.key < right.key else (right.key, left.key)
            if pair in seen or (wanted is not None and not wanted & set(pair)):
                continue
            seen.add(pair)
            if likeness := compared(left, right):
                found.append(likeness)
    return found


def _blocks(entry: Entry) -> Iterator[tuple[object, ...]]:
    kind = entry.subject_type
    if entry.licence:
        yield ("licence", kind, entry.licence)
    if entry.entity is not None:
        yield ("entity", kind, entry.entity)
    if entry.position is not None:
        yield ("position", kind, entry.position)
    if len(entry.address) > 3:
        yield ("address", kind, entry.township, entry.address)
    yield ("name", kind, entry.division[:6], entry.name)
    for pair in bigrams(entry.core):
        yield ("core", kind, entry.township, pair)

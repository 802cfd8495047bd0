"""Which subjects a share chooses: reproducible from a seed that was committed before anybody knew it. Pure.

The seed is 64 hexadecimal characters; its SHA-256 (of the ASCII text) is recorded before the draw. For each
candidate the digest is the SHA-256 of the UTF-8 text

    yaojian-share-1|<seed>|<code of the mandate>|<first day of the period>|<code of the subject>

in hexadecimal. Candidates are put in the order of their digests, and the first so many are drawn. How many:
the share of all members, rounded up, less those members who have been inspected in the period already. Only
where the mandate says so the draw is made within strata (county, or type); each then gives its part of the
number by the largest remainder, ties by name. `python -c` and `sha256sum` suffice to recompute it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

METHOD = "yaojian-share-1"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of the population, in its stratum (empty where there are none)."""

    code: str
    stratum: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate with its digest and place (from 1 on, within its stratum), and whether it was drawn."""

    candidate: Candidate
    digest: str
    place: int
    is_drawn: bool


def hash_of(seed: str) -> str:
    """What is committed of a seed."""
    return hashlib.sha256(seed.encode("ascii")).hexdigest()


def digest_of(seed: str, mandate: str, period_start: date, subject: str) -> str:
    """What decides the place of a subject."""
    text = f"{METHOD}|{seed}|{mandate}|{period_start.isoformat()}|{subject}"
    return hashlib.sha256(text.encode()).hexdigest()


def population_hash(codes: Iterable[str]) -> str:
    """SHA-256 of the candidates' codes in order, a line each."""
    return hashlib.sha256("".join(f"{code}\n" for code in sorted(codes)).encode()).hexdigest()


def wanted_number(share: Fraction, members: int) -> int:
    """How many members a share comes to, rounded up. Raises ValueError for a share beyond 0 to 1."""
    if not 0 < share <= 1:
        raise ValueError("a share lies between 0 and 100 percent")
    return -(-members * share.numerator // share.denominator)


def draw(
    seed: str, mandate: str, period_start: date, candidates: Sequence[Candidate], number: int
) -> list[Placed]:
    """All candidates with their places, the first `number` of them (in strata: of each its part) drawn."""
    strata: dict[str, list[tuple[str, Candidate]]] = defaultdict(list)
    for candidate in candidates:
        digest = digest_of(seed, mandate, period_start, candidate.code)
        strata[candidate.stratum].append((digest, candidate))
    parts = allotted({name: len(found) for name, found in strata.items()}, min(number, len(candidates)))
    placed = []
    for name in sorted(strata):
        order = sorted(strata[name], key=lambda found: (found[0], found[1].code))
        placed += [
            Placed(candidate, digest, place, place <= parts[name])
            for place, (digest, candidate) in enumerate(order, 1)
        ]
    return placed


def allotted(sizes: Mapping[str, int], number: int) -> dict[str, int]:
    """`number` divided among strata by their sizes: whole parts first, then by the largest remainder."""
    whole = sum(sizes.values())
    if whole == 0:
        return dict.fromkeys(sizes, 0)
    exact = {name: Fraction(size * number, whole) for name, size in sizes.items()}
    parts = {name: int(part) for name, part in exact.items()}
    rest = sorted(exact, key=lambda name: (parts[name] - exact[name], name))
    for name in rest[: number - sum(parts.values())]:
        parts[name] += 1
    return parts

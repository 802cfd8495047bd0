"""The sentences about a proof bundle: what it proves, and what not; the same as in the browser."""

from __future__ import annotations

from collections.abc import Sequence

from yaojian.foundation.ledger.transparency.bundle_verdicts import BundleVerdict
from yaojian.foundation.ledger.transparency.bundles import Entry, references
from yaojian.foundation.ledger.transparency.times import in_beijing

MOST_NAMED = 20

Sentences = list[tuple[str, dict[str, str]]]


def proved_by_bundle(verdict: BundleVerdict) -> Sentences:
    """The sentences about what was proved, each with what it speaks of."""
    bundle, checkpoint = verdict.bundle, verdict.checkpoint
    assert bundle is not None
    assert checkpoint is not None
    days = {
        "since": bundle.since.isoformat(),
        "until": bundle.until.isoformat(),
        "days": str(len(bundle.days)),
    }
    count = {"count": str(len(bundle.entries)), "subjects": references(bundle.subjects)}
    log = {"origin": checkpoint.origin, "size": str(checkpoint.size), "root": checkpoint.root.hex()}
    found: Sentences = [
        ("bundle_complete", {**days, **count, "quiet": str(verdict.quiet_days)}),
        ("bundle_included", {**days, **count, **log}),
    ]
    if verdict.first_number == 1:
        found.append(("bundle_first", days))
    if opened := sum(bool(one.act) for one in bundle.entries):
        found.append(("bundle_opened", {"opened": str(opened)}))
    claimed = [one.leaf.claimed for one in bundle.entries]
    if claimed:
        times = {"first": in_beijing(min(claimed)), "last": in_beijing(max(claimed))}
        found.append(("bundle_claims", times))
    if verdict.is_witnessed:
        names = ", ".join(stamp.name for stamp in verdict.witnesses)
        found.append(("witnessed", {"names": names}))
    if verdict.latest:
        by = "witnessed" if verdict.is_witnessed else "clock"
        times = {"latest": in_beijing(verdict.latest)}
        if verdict.earliest:
            times["earliest"] = in_beijing(verdict.earliest)
        found.append((f"bundle_{'window' if verdict.earliest else 'latest'}_{by}", times))
    return found


def not_proved_by_bundle(verdict: BundleVerdict) -> Sentences:
    """The sentences about what was not proved."""
    bundle = verdict.bundle
    assert bundle is not None
    erased = [one for one in bundle.entries if one.erasure]
    withheld = [one for one in bundle.entries if not one.act and not one.erasure]
    late = [one for one in bundle.entries if one.index in verdict.late]
    found: Sentences = [
        (key, {"count": str(len(some)), "indexes": _named(some)})
        for key, some in (("bundle_late", late), ("bundle_erased", erased), ("bundle_withheld", withheld))
        if some
    ]
    if not verdict.is_witnessed and verdict.witnesses:
        names = ", ".join(stamp.name for stamp in verdict.witnesses)
        found.append(("few_witnesses", {"names": names, "quorum": str(verdict.quorum)}))
    elif not verdict.is_witnessed:
        found.append(("not_witnessed", {}))
    if verdict.latest is None:
        found.append(("not_time", {}))
    subjects = references(bundle.subjects)
    return [
        *found,
        ("bundle_scope", {"until": bundle.until.isoformat()}),
        ("bundle_twice", {}),
        ("bundle_name", {"name": bundle.name, "subjects": subjects}),
        ("not_truth", {}),
    ]


def _named(entries: Sequence[Entry]) -> str:
    """The numbers of entries, the first twenty of many."""
    numbers = ", ".join(str(one.index) for one in entries[:MOST_NAMED])
    return f"{numbers}, …" if len(entries) > MOST_NAMED else numbers

"""`yaojian verify`: what a receipt or proof bundle proves; no database, no network, no installation."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from yaojian.foundation.ledger.transparency.bundle_verdicts import BundleVerdict, judge_bundle
from yaojian.foundation.ledger.transparency.bundle_words import not_proved_by_bundle, proved_by_bundle
from yaojian.foundation.ledger.transparency.bundles import looks_like_bundle
from yaojian.foundation.ledger.transparency.receipts import Policy, Verdict, judge, parse_policy
from yaojian.foundation.ledger.transparency.times import in_beijing


def sentences(language: str) -> dict[str, str]:
    """The words of a result, the same as those of the page in the browser."""
    known = json.loads((files(__package__) / "sentences.json").read_text(encoding="utf-8"))
    said: dict[str, str] = known[language]
    return said


def examine(document: str, policy: Policy) -> Verdict | BundleVerdict:
    """What a document proves: a receipt, the text of its QR code, a promise, or a proof bundle."""
    return judge_bundle(document, policy) if looks_like_bundle(document) else judge(document, policy)


def problem_in_words(verdict: Verdict | BundleVerdict, words: Mapping[str, str]) -> str:
    """Why a document proves nothing: of a bundle the layer and the row."""
    values = verdict.values if isinstance(verdict, BundleVerdict) else {}
    return words[f"problem.{verdict.problem}"].format(**values)


def proved(verdict: Verdict | BundleVerdict) -> list[tuple[str, dict[str, str]]]:
    """The sentences about what was proved, each with what it speaks of."""
    if isinstance(verdict, BundleVerdict):
        return proved_by_bundle(verdict)
    if promise := verdict.promise:
        times = {"recorded": in_beijing(promise.recorded), "deadline": in_beijing(promise.deadline)}
        who = {"origin": promise.origin, "uid": promise.uid, "commitment": promise.commitment.hex()}
        return [("promised", {**who, **times})]
    leaf, checkpoint = verdict.leaf, verdict.checkpoint
    assert leaf is not None
    assert checkpoint is not None
    at = {"origin": checkpoint.origin, "index": str(verdict.index), "size": str(checkpoint.size)}
    found = [
        ("included", {**at, "root": checkpoint.root.hex()}),
        ("leaf", {"kind": leaf.kind, "organ": leaf.organ, "claimed": in_beijing(leaf.claimed)}),
    ]
    if verdict.act is not None:
        found.append(("opened", {}))
    if verdict.has_sm2:
        found.append(("sm2", {}))
    if verdict.is_witnessed:
        found.append(("witnessed", {"names": ", ".join(stamp.name for stamp in verdict.witnesses)}))
    if verdict.latest:
        by = "witnessed" if verdict.is_witnessed else "clock"
        times = {"latest": in_beijing(verdict.latest)}
        if verdict.earliest:
            times["earliest"] = in_beijing(verdict.earliest)
        found.append((f"{'window' if verdict.earliest else 'latest'}_{by}", times))
    return found


def not_proved(verdict: Verdict | BundleVerdict) -> list[tuple[str, dict[str, str]]]:
    """The sentences about what was not proved."""
    if isinstance(verdict, BundleVerdict):
        return not_proved_by_bundle(verdict)
    found: list[tuple[str, dict[str, str]]] = []
    if promise := verdict.promise:
        if datetime.now(UTC) > promise.deadline:
            return [("overdue", {"deadline": in_beijing(promise.deadline)}), ("not_truth", {})]
        return [("not_entered", {}), ("not_truth", {})]
    if verdict.is_late and verdict.leaf and verdict.earliest:
        times = {"claimed": in_beijing(verdict.leaf.claimed), "earliest": in_beijing(verdict.earliest)}
        found.append(("late", times))
    if verdict.act is None:
        found.append(("not_hidden", {}))
    if not verdict.is_witnessed and verdict.witnesses:
        names = ", ".join(stamp.name for stamp in verdict.witnesses)
        found.append(("few_witnesses", {"names": names, "quorum": str(verdict.quorum)}))
    elif not verdict.is_witnessed:
        found.append(("not_witnessed", {}))
    if verdict.has_sm2 is False:
        found.append(("sm2_absent", {}))
    if verdict.latest is None:
        found.append(("not_time", {}))
    return [*found, ("not_truth", {}), ("not_complete", {})]


def report(verdict: Verdict | BundleVerdict, language: str) -> str:
    """The result in words."""
    words = sentences(language)
    if verdict.problem:
        return f"✗ {words['failed']}\n  {problem_in_words(verdict, words)}\n"
    lines = [
        f"✓ {words['verified']}" + (f" · {words['late_entry']}" if verdict.is_late else ""),
        f"{words['proved']}:",
    ]
    lines += [f"  ✓ {words[key].format(**values)}" for key, values in proved(verdict)]
    lines.append(f"{words['not_proved']}:")
    lines += [f"  – {words[key].format(**values)}" for key, values in not_proved(verdict)]
    if verdict.act is not None:
        lines += [f"{words['content']}:", json.dumps(verdict.act, ensure_ascii=False, indent=2)]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a receipt or a proof bundle; 0 when it proves its entry, 1 when it does not."""
    parser = argparse.ArgumentParser(
        prog="yaojian verify",
        description="验证存证回执或证明包, 离线进行 / verify a receipt or a proof bundle, offline",
    )
    parser.add_argument(
        "receipt",
        type=Path,
        help="回执、证明包文件或二维码文字 / receipt, proof bundle, or text of a QR code",
    )
    parser.add_argument(
        "--keys",
        type=Path,
        required=True,
        help="日志与见证人的公钥, 每行一个 / public keys of log and witnesses, one on each line",
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    options = parser.parse_args(arguments)
    try:
        policy = parse_policy(options.keys.read_text(encoding="utf-8").splitlines())
        document = options.receipt.read_bytes().decode("utf-8", errors="replace")
    except (OSError, ValueError) as error:
        parser.error(str(error))
    verdict = examine(document, policy)
    sys.stdout.write(report(verdict, options.lang))
    return 1 if verdict.problem else 0


if __name__ == "__main__":
    sys.exit(main())

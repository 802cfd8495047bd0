"""Reads and checks the rule pack of statutory clocks; a problem names rule, field and cure. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import yaml

from yaojian.foundation.timekeeping import CHINA
from yaojian.foundation.workflow.clocks import (
    ClockRule,
    Confidence,
    Direction,
    Extension,
    ExtensionRule,
    Ground,
    Pause,
    Purpose,
    Source,
    Unit,
    Words,
)

# libyaml, where it is built in, reads the pack ten times faster; the result is the same.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
FIELDS = frozenset({"name", "purpose", "topic", "versions"})
VERSION_FIELDS = frozenset(
    {
        "valid_from", "valid_to", "amount", "unit", "direction", "trigger", "trigger_day_counts",
        "last_day_moves", "pauses", "extension", "consequence", "instrument", "article", "confidence",
        "note", "examples",
    }
)  # fmt: skip
EXTENSION_FIELDS = frozenset(
    {
        "amount",
        "approvers",
        "levels",
        "times",
        "then_collective",
        "instrument",
        "article",
        "confidence",
    }
)
EXAMPLE_FIELDS = frozenset({"triggered_at", "pauses", "extensions", "due", "why"})


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: what happened, what comes out, and why. `due` is a day, or a moment for hours."""

    triggered_at: datetime
    due: date | datetime
    why: Words
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The example as its row keeps it; `clock_rules.example_of` reads it back."""
        return {
            "triggered_at": self.triggered_at.isoformat(),
            "due": self.due.isoformat(),
            "why": {"zh": self.why.zh, "en": self.why.en},
            "pauses": [
                {
                    "ground": pause.ground.value,
                    "from": pause.started_at.isoformat(),
                    "until": (pause.ended_at or pause.started_at).isoformat(),
                }
                for pause in self.pauses
            ],
            "extensions": [{"amount": e.amount, "collective": e.collective} for e in self.extensions],
        }


@dataclass(frozen=True, slots=True)
class PackedRule:
    """One version of a rule as the pack has it."""

    rule: ClockRule
    note: Words
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class ClockPack:
    """The whole pack: topics in order, and every version of every rule in order."""

    topics: Mapping[str, Words]
    rules: tuple[PackedRule, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of one rule, and the cure."""

    file: str
    rule: str
    field: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}: {self.rule}: {self.field}: {self.what}; {self.cure}"


class ClockPackRefused(ValueError):
    """The pack is wrong; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class _Reader:
    """Collects the problems of one file while reading it."""

    file: str
    roles: frozenset[str]
    levels: frozenset[str]
    instruments: Mapping[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, rule: str, name: str, what: str, cure: str) -> None:
        self.problems.append(Problem(self.file, rule, name, what, cure))

    def known_fields(self, rule: str, place: str, data: Mapping[str, Any], known: Iterable[str]) -> None:
        for name in sorted(set(data) - set(known)):
            self.refuse(rule, f"{place}{name}", "is not a field", f"use one of {', '.join(sorted(known))}")

    def words(self, rule: str, name: str, data: object, *, needed: bool = True) -> Words:
        if data is None and not needed:
            return Words("", "")
        if not isinstance(data, Mapping) or not all(
            isinstance(data.get(k), str) and data[k].strip() for k in ("zh", "en")
        ):
            self.refuse(rule, name, "has no Chinese and English text", "write {zh: …, en: …}")
            return Words("", "")
        return Words(data["zh"].strip(), data["en"].strip())

    def member(self, rule: str, name: str, kind: Any, value: object, fallback: Any) -> Any:
        try:
            return kind(value)
        except ValueError:
            self.refuse(rule, name, f"is {value!r}", f"use one of {', '.join(m.value for m in kind)}")
            return fallback

    def count(self, rule: str, name: str, value: object) -> int:
        if type(value) is not int or value < 1:
            self.refuse(rule, name, f"is {value!r}", "give a whole number above zero")
            return 1
        return value

    def day(self, rule: str, name: str, value: object) -> date:
        if type(value) is not date:
            self.refuse(rule, name, f"is {value!r}", "give a day, YYYY-MM-DD")
            return date.min
        return value

    def moment(self, rule: str, name: str, value: object) -> datetime:
        if type(value) is date:
            return datetime.combine(value, datetime.min.time(), tzinfo=CHINA)
        try:
            return datetime.strptime(str(value), "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
        except ValueError:
            self.refuse(rule, name, f"is {value!r}", "give a moment in Beijing time, 'YYYY-MM-DD HH:MM'")
            return datetime.min.replace(tzinfo=CHINA)

    def source(self, rule: str, place: str, data: Mapping[str, Any]) -> Source:
        key = data.get("instrument")
        if not isinstance(key, str) or key not in self.instruments:
            self.refuse(rule, f"{place}instrument", f"is {key!r}", "name a key of instruments")
        confidence = self.member(
            rule, f"{place}confidence", Confidence, data.get("confidence"), Confidence.LOW
        )
        return Source(self.instruments.get(str(key), ""), str(data.get("article", "")), confidence)


def read_clock_pack(text: str, file: str, *, roles: Iterable[str], levels: Iterable[str]) -> ClockPack:
    """The pack in `text`, which came from `file`; `roles` and `levels` are what an approver may have.

    Raises ClockPackRefused with every problem.
    """
    try:
        data = yaml.load(text, _Loader)  # noqa: S506 — a safe loader either way
    except yaml.YAMLError as error:
        cure = "mend the place that the message names"
        raise ClockPackRefused([Problem(file, "the file", "YAML", str(error), cure)]) from error
    reader = _Reader(file, frozenset(roles), frozenset(levels))
    if not isinstance(data, Mapping) or set(data) != {"topics", "instruments", "clocks"}:
        problem = Problem(file, "the file", "keys", "differ", "give topics, instruments, clocks")
        raise ClockPackRefused([problem])
    reader.instruments = data["instruments"]
    topics = {code: reader.words("topics", code, words) for code, words in data["topics"].items()}
    rules = [
        version
        for code, entry in data["clocks"].items()
        for version in _versions(reader, code, entry, topics)
    ]
    if reader.problems:
        raise ClockPackRefused(reader.problems)
    return ClockPack(topics, tuple(rules))


def _versions(
    reader: _Reader, code: str, entry: Mapping[str, Any], topics: Mapping[str, Words]
) -> list[PackedRule]:
    if not CODE.fullmatch(code):
        reader.refuse(code, "code", "is malformed", "write words of a–z, 0–9 and _ with dots between")
    reader.known_fields(code, "", entry, FIELDS)
    topic = entry.get("topic")
    if topic not in topics:
        reader.refuse(code, "topic", f"is {topic!r}", f"use one of {', '.join(topics)}")
    versions = entry.get("versions")
    if not isinstance(versions, list) or not versions:
        reader.refuse(code, "versions", "is empty", "give at least one version")
        return []
    found = [_version(reader, code, entry, data, f"versions[{n}].") for n, data in enumerate(versions)]
    for earlier, later in itertools.pairwise(found):
        if earlier.rule.valid_to is None or later.rule.valid_from <= earlier.rule.valid_to:
            reader.refuse(code, "versions", "overlap", "end the earlier one the day before the later begins")
    return found


def _version(
    reader: _Reader, code: str, entry: Mapping[str, Any], data: Mapping[str, Any], place: str
) -> PackedRule:
    reader.known_fields(code, place, data, VERSION_FIELDS)
    valid_from = reader.day(code, f"{place}valid_from", data.get("valid_from"))
    valid_to = reader.day(code, f"{place}valid_to", data["valid_to"]) if data.get("valid_to") else None
    if valid_to is not None and valid_to < valid_from:
        reader.refuse(code, f"{place}valid_to", "lies before valid_from", "give a later day")
    rule = ClockRule(
        code=code,
        topic=str(entry.get("topic")),
        purpose=reader.member(code, "purpose", Purpose, entry.get("purpose", "deadline"), Purpose.DEADLINE),
        name=reader.words(code, "name", entry.get("name")),
        trigger=reader.words(code, f"{place}trigger", data.get("trigger")),
        consequence=reader.words(code, f"{place}consequence", data.get("consequence"), needed=False),
        amount=reader.count(code, f"{place}amount", data.get("amount")),
        unit=reader.member(code, f"{place}unit", Unit, data.get("unit"), Unit.DAY),
        source=reader.source(code, place, data),
        valid_from=valid_from,
        valid_to=valid_to,
        direction=reader.member(
            code, f"{place}direction", Direction, data.get("direction", "after"), Direction.AFTER
        ),
        trigger_day_counts=bool(data.get("trigger_day_counts", False)),
        last_day_moves=bool(data.get("last_day_moves", False)),
        pauses=tuple(
            reader.member(code, f"{place}pauses", Ground, ground, Ground.TESTING)
            for ground in data.get("pauses", [])
        ),
        extension=_extension(reader, code, data.get("extension"), f"{place}extension."),
    )
    if rule.direction is Direction.BEFORE and (rule.pauses or rule.extension or rule.last_day_moves):
        what = "is before, yet the rule has pauses, an extension or a moving last day"
        reader.refuse(code, f"{place}direction", what, "remove them")
    examples = data.get("examples")
    if not isinstance(examples, list) or not examples:
        reader.refuse(code, f"{place}examples", "are missing", "give at least one worked example")
        examples = []
    worked = [_example(reader, rule, one, f"{place}examples[{n}].") for n, one in enumerate(examples)]
    note = reader.words(code, f"{place}note", data.get("note"), needed=False)
    return PackedRule(rule, note, tuple(worked))


def _extension(reader: _Reader, code: str, data: object, place: str) -> ExtensionRule | None:
    if data is None:
        return None
    if not isinstance(data, Mapping):
        reader.refuse(code, place, "is not a mapping", "give amount, approvers and their source")
        return None
    reader.known_fields(code, place, data, EXTENSION_FIELDS)
    approvers = tuple(data.get("approvers", ()))
    if not approvers or not set(approvers) <= reader.roles:
        reader.refuse(code, f"{place}approvers", f"is {approvers!r}", "name codes of roles")
    levels = tuple(data.get("levels", ()))
    if not set(levels) <= reader.levels:
        reader.refuse(code, f"{place}levels", f"is {levels!r}", "name codes of levels")
    return ExtensionRule(
        amount=reader.count(code, f"{place}amount", data.get("amount")),
        approvers=approvers,
        source=reader.source(code, place, data),
        times=reader.count(code, f"{place}times", data.get("times", 1)),
        then_collective=bool(data.get("then_collective", False)),
        levels=levels,
    )


def _example(reader: _Reader, rule: ClockRule, data: Mapping[str, Any], place: str) -> Example:
    code = rule.code
    reader.known_fields(code, place, data, EXAMPLE_FIELDS)
    pauses = [
        Pause(
            reader.member(code, f"{place}pauses", Ground, pause.get("ground"), Ground.TESTING),
            reader.moment(code, f"{place}pauses", pause.get("from")),
            reader.moment(code, f"{place}pauses", pause.get("until")),
        )
        for pause in data.get("pauses", [])
    ]
    extensions = [
        Extension(
            reader.count(code, f"{place}extensions", one.get("amount")), bool(one.get("collective", False))
        )
        for one in data.get("extensions", [])
    ]
    due = data.get("due")
    read_due = reader.moment if rule.unit is Unit.HOUR else reader.day
    return Example(
        triggered_at=reader.moment(code, f"{place}triggered_at", data.get("triggered_at")),
        due=read_due(code, f"{place}due", due),
        why=reader.words(code, f"{place}why", data.get("why")),
        pauses=tuple(pauses),
        extensions=tuple(extensions),
    )

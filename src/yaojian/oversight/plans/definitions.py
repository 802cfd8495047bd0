"""The formula language of plan packs: one definition for an indicator and for the mandate behind it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .clauses import (
    LAST_YEAR,
    MOST_ACTS,
    MOST_PEOPLE,
    ActFilter,
    Component,
    Period,
    Scope,
    positive,
    refuse_unknown,
    word,
)
from .errors import DefinitionError, said
from .targets import Target
from .vocabulary import vocabulary
from .wording import describe

__all__ = ["ActFilter", "Component", "DefinitionError", "Formula", "Period", "Scope", "Target", "describe"]

NAMING_SUBJECTS, WITH_A_SCOPE, STATED_ONLY = ("licensed_pharmacists",), ("licences",), ("grade", "survey")
"""Registers that say of each subject whether it has an entry; those counted as subjects of a scope; and the
shapes that no register gives."""
PARTS = ("structure_share", "pass_rate", "timeliness", "closure")
"""Shapes whose numerator is a part of one datum."""
_WRITTEN = ("scope", "within", "act", "period", "minimum", "measure", "over", "per", "each", "base_year")


@dataclass(frozen=True, slots=True)
class Formula:
    """How a figure comes about.

    ``scope``, ``within`` and ``act`` speak of registered subjects and their inspections. ``measure``
    (what is counted) and ``over`` (out of what) name data keys; ``select`` narrows both to what has the
    dimension, ``having`` narrows the numerator alone, ``whole`` says of what the denominator is when that is
    another series. ``per`` is the population a rate refers to, ``each``
    the level of organs that are looked at one by one, ``base_year`` the year that growth starts from;
    ``components`` belong to a composite.
    """

    shape: str
    scope: Scope | None = None
    within: str | None = None
    act: ActFilter | None = None
    period: Period | None = None
    minimum: int = 1
    measure: str | None = None
    over: str | None = None
    select: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    having: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    per: int | None = None
    each: str | None = None
    base_year: int | None = None
    components: tuple[Component, ...] = ()

    def __hash__(self) -> int:
        return hash((self.shape, self.scope, self.act, self.period, self.minimum, self.measure, self.over))

    @property
    def computable(self) -> bool:
        """Whether registers and inspections alone can give the figure."""
        return vocabulary().shapes[self.shape].computable and self.act is not None

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what the formula says; equal definitions have equal digests."""
        written = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()

    def _has_outcomes(self) -> bool:
        return self.measure is not None and "outcome" in vocabulary().data_keys[self.measure].select

    def data_keys(self) -> tuple[str, ...]:
        """Data the formula names beyond registers and inspections."""
        return tuple(key for key in (self.measure, self.over) if key)

    def to_dict(self) -> dict[str, Any]:
        """The mapping a pack writes; the inverse of ``from_dict``."""
        written: dict[str, Any] = {"shape": self.shape}
        for name in _WRITTEN:
            value = getattr(self, name)
            if value is None or (name == "minimum" and value == 1):
                continue
            written[name] = value if isinstance(value, str | int) else value.to_dict()
        for name in ("select", "having", "whole"):
            if getattr(self, name):
                written[name] = {key: list(values) for key, values in getattr(self, name).items()}
        if self.components:
            written["components"] = [component.to_dict() for component in self.components]
        return written

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Formula:
        """Read and check a formula; raises DefinitionError naming field and cure."""
        refuse_unknown(data, cls.__dataclass_fields__, "")
        formula = cls(
            shape=word(data.get("shape"), "shape", "shapes"),
            scope=_part(data, "scope", Scope),
            within=_optional_word(data, "within", "withins"),
            act=_part(data, "act", ActFilter),
            period=_part(data, "period", Period),
            minimum=positive(
                data.get("minimum", 1),
                "minimum",
                said("write how many acts each subject needs, at least 1"),
                most=MOST_ACTS,
            ),
            measure=_optional_word(data, "measure", "data_keys"),
            over=_optional_word(data, "over", "data_keys"),
            select=_narrowing(data, "select", ("measure", "over")),
            having=_narrowing(data, "having", ("measure",)),
            whole=_narrowing(data, "whole", ("over",) if "over" in data else ("measure",)),
            per=positive(data["per"], "per", said("write the population, e.g. 1000000"), most=MOST_PEOPLE)
            if "per" in data
            else None,
            each=_optional_word(data, "each", "organ_levels"),
            base_year=positive(
                data["base_year"], "base_year", said("write a year such as 2020"), most=LAST_YEAR
            )
            if "base_year" in data
            else None,
            components=tuple(_components(data.get("components", ()))),
        )
        formula._check_complete()
        return formula

    def _check_complete(self) -> None:
        for name in vocabulary().shapes[self.shape].required:
            if not getattr(self, name):
                raise DefinitionError(
                    name,
                    said("the shape %(shape)r needs %(name)s", shape=self.shape, name=name),
                    said("write %(name)s", name=name),
                )
        if (self.act is not None) and (self.measure is not None):
            raise DefinitionError(
                "measure", said("a formula counts acts or a datum, not both"), said("remove act or measure")
            )
        if self.act is not None:
            for name in ("scope", "within"):
                if getattr(self, name) is None:
                    raise DefinitionError(
                        name,
                        said("a formula over acts needs %(name)s", name=name),
                        said("write %(name)s", name=name),
                    )
        elif self.scope is not None and self.within is None:
            raise DefinitionError("within", said("a scope without a place"), said("write within: territory"))
        elif self.shape in ("coverage", "closure") and (
            self.measure is None
            or (self.shape == "coverage" and self.over is None and self.scope is None and self.each is None)
        ):
            raise DefinitionError(
                "act",
                said("the shape %(shape)r does not say what is counted out of what", shape=self.shape),
                said("write scope, within and act, or measure with over, scope or each"),
            )
        says_which_part = self.over or self.having or self._has_outcomes()
        if self.shape in PARTS and self.act is None and not says_which_part:
            raise DefinitionError(
                "having",
                said("a share does not say which part of the whole it is"),
                said("write having or over"),
            )
        self._check_registers()
        codes = [component.code for component in self.components]
        if len(set(codes)) != len(codes):
            raise DefinitionError(
                "components", said("two components have one code"), said("give each component its own code")
            )

    def _check_registers(self) -> None:
        """A register gives numbers, or says which subjects have an entry, each only what it can."""
        for name, key in (("measure", self.measure), ("over", self.over)):
            if key is None or vocabulary().data_keys[key].source != "register":
                continue
            if key in WITH_A_SCOPE and (self.shape != "count" or self.scope is None or name == "over"):
                raise DefinitionError(name, f"{key} are counted by their subjects", "use count with a scope")
            by_subject = self.shape == "coverage" and self.scope is not None
            if name == "measure" and by_subject and key not in NAMING_SUBJECTS:
                cure = f"use {', '.join(NAMING_SUBJECTS)}, acts, or a datum that organs state"
                raise DefinitionError(name, f"{key} does not say which subjects have an entry", cure)
            if name == "measure" and (self.shape in STATED_ONLY or self.each is not None):
                cure = "use a datum that organs state"
                raise DefinitionError(name, f"the register {key} gives no {self.shape} of an organ", cure)


Piece = TypeVar("Piece", Scope, ActFilter, Period)


def _optional_word(data: Mapping[str, Any], name: str, kind: str) -> str | None:
    return word(data[name], name, kind) if name in data else None


def _part(data: Mapping[str, Any], name: str, kind: type[Piece]) -> Piece | None:
    if name not in data:
        return None
    try:
        return kind.from_dict(data[name])
    except DefinitionError as error:
        raise error.under(name) from None


def _narrowing(data: Mapping[str, Any], name: str, sources: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The dimensions with their values by which a datum is narrowed; refuses what the data do not have."""
    narrowing = data.get(name, {})
    known = vocabulary().data_keys
    dimensions: dict[str, tuple[str, ...]] = {}
    for source in sources:
        if data.get(source) in known:
            dimensions = {**known[data[source]].select, **dimensions}
    if not isinstance(narrowing, Mapping):
        raise DefinitionError(
            name, said("%(narrowing)r is no mapping", narrowing=narrowing), said("write `dimension: [value]`")
        )
    for dimension, values in narrowing.items():
        if dimension not in dimensions:
            raise DefinitionError(
                f"{name}.{dimension}",
                said("the datum has no such dimension"),
                said("use one of %(words)s", words=", ".join(dimensions))
                if dimensions
                else said("remove %(name)s", name=name),
            )
        strange = [value for value in values if value not in dimensions[dimension]]
        if strange:
            raise DefinitionError(
                f"{name}.{dimension}",
                said("unknown value %(value)r", value=strange[0]),
                said("use one of %(words)s", words=", ".join(dimensions[dimension])),
            )
    return {dimension: tuple(values) for dimension, values in narrowing.items()}


def _components(entries: Iterable[Mapping[str, Any]]) -> Iterable[Component]:
    for place, entry in enumerate(entries):
        try:
            yield Component.from_dict(entry)
        except DefinitionError as error:
            raise error.under(f"components[{place}]") from None

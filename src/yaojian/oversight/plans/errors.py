"""What can be wrong with a plan pack, said with pack, row, field and cure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class DefinitionError(ValueError):
    """A part of a definition is wrong: which field, what is wrong with it, and what would cure it."""

    def __init__(self, field: str, problem: str, cure: str) -> None:
        super().__init__(f"{field}: {problem}. Cure: {cure}.")
        self.field = field
        self.problem = problem
        self.cure = cure

    def under(self, prefix: str) -> DefinitionError:
        """The same error seen from one level higher."""
        field = f"{prefix}.{self.field}" if self.field else prefix
        return DefinitionError(field, self.problem, self.cure)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one pack; ``row`` is empty when the whole pack is meant."""

    pack: str
    row: str
    field: str
    problem: str
    cure: str

    def __str__(self) -> str:
        place = f"{self.pack}, row {self.row}" if self.row else self.pack
        return f"{place}, {self.field}: {self.problem}. Cure: {self.cure}."

    @classmethod
    def of(cls, error: DefinitionError, *, pack: str, row: str) -> Problem:
        return cls(pack, row, error.field, error.problem, error.cure)


class PackError(ValueError):
    """A pack cannot be used; ``problems`` lists everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

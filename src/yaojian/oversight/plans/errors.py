"""What can be wrong with a plan pack, said with pack, row, field and cure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .vocabulary import Label


class Said(str):
    """A sentence in English that remembers how it was made, so that a page can say it in another language.

    A parameter that is a `Label` is said in the language of the sentence.
    """

    template: str
    parameters: Mapping[str, object]

    def told(self, language: str, translate: Callable[[str], str]) -> str:
        """The sentence in a language, by what translates its template into it."""
        words = translate(self.template)
        return words % _in(language, self.parameters) if self.parameters else words


def said(template: str, /, **parameters: object) -> Said:
    """The sentence of a template and its parameters; catalogues of messages hold the template."""
    sentence = Said(template % _in("en", parameters) if parameters else template)
    sentence.template, sentence.parameters = template, parameters
    return sentence


def _in(language: str, parameters: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value.text(language) if isinstance(value, Label) else value
        for name, value in parameters.items()
    }


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

"""The door of the jurisdiction room."""

from yaojian.registers.jurisdiction.actions import add_rule, end_rule, load_jurisdiction
from yaojian.registers.jurisdiction.contracts import MATTER_NAMES, Answer, Facts, Matter, OrganPlace, Rule
from yaojian.registers.jurisdiction.packs import JurisdictionPackRefused
from yaojian.registers.jurisdiction.queries import answers_about, facts_of, responsible_organ_for
from yaojian.registers.jurisdiction.rules import responsible_for

__all__ = [
    "MATTER_NAMES",
    "Answer",
    "Facts",
    "JurisdictionPackRefused",
    "Matter",
    "OrganPlace",
    "Rule",
    "add_rule",
    "answers_about",
    "end_rule",
    "facts_of",
    "load_jurisdiction",
    "responsible_for",
    "responsible_organ_for",
]

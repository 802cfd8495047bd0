"""The versions of rules, read once for many clocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from yaojian.foundation.reference.facade import ClockRuleVersion, rule_of, rule_version, versions_of_rules


class RuleVersions:
    """The versions of rules by code and day; rules asked for together are read by one query."""

    def __init__(self) -> None:
        self._by_code: dict[str, list[ClockRuleVersion]] = {}

    def read(self, codes: Iterable[str]) -> None:
        """Read the versions of some rules that will be asked for; empty codes name none."""
        unknown = {code for code in codes if code and code not in self._by_code}
        if unknown:
            self._by_code |= versions_of_rules(unknown)

    def of(self, code: str, day: date) -> ClockRuleVersion:
        """The version in force on a day. Raises NotFound and RuleBroken as `rule_version` does."""
        self.read([code])
        found = next((row for row in self._by_code[code] if rule_of(row).in_force_on(day)), None)
        return found or rule_version(code, day)

"""What checking a law gives: an exception for one violation, a report for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from unittest import SkipTest

Complaints = Iterator[str | None]  # what breaks a law, one line each; None where all is well
Verdict = Literal["holds", "not applicable", "FAILS"]


class LawViolation(AssertionError):
    """A law does not hold. One line: law, part, environment, how to repeat it, what was found and expected."""

    def __init__(self, law: str, part: str, environment: str, detail: str) -> None:
        super().__init__(f"{law}: {part}: {environment}: {detail}")
        self.law, self.part, self.environment, self.detail = law, part, environment, detail


class NotApplicable(SkipTest):
    """A part of a law says nothing about this environment; pytest and unittest show it as a skipped test."""


@dataclass(frozen=True)
class Finding:
    """What one part of one law gave. `detail` is one line, empty where the part simply holds."""

    law: str
    part: str
    verdict: Verdict
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """What every part of every law gave for one environment. `as_dict()` is JSON-able, `str()` is a plain table."""

    environment: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether no part fails."""
        return not self.failures

    @property
    def failures(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.verdict == "FAILS"]

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __str__(self) -> str:
        rows = [f"{f.law:<13}{f.part:<20}{f.verdict:<16}{f.detail}".rstrip() for f in self.findings]
        return "\n".join([self.environment, *rows])


def one_line(error: BaseException) -> str:
    """An exception of somebody else's as one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

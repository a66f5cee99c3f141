"""The results of checking a law: an exception for one violation, a report for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from unittest import SkipTest

Complaints = Iterator[str | None]  # violations of a law, one line each; None for each check that passes
Verdict = Literal["holds", "not applicable", "FAILS"]


class LawViolation(AssertionError):
    """A law does not hold. One line: law, part, environment, how to reproduce it, what was found and expected."""

    def __init__(self, law: str, part: str, environment: str, detail: str) -> None:
        super().__init__(f"{law}: {part}: {environment}: {detail}")
        self.law, self.part, self.environment, self.detail = law, part, environment, detail


class NotApplicable(SkipTest):
    """A part of a law does not apply to this environment; pytest and unittest show it as a skipped test."""


@dataclass(frozen=True)
class Finding:
    """The outcome of one part of one law. `detail` is one line, empty where the part holds without remarks."""

    law: str
    part: str
    verdict: Verdict
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """The outcomes of every part of every law for one environment. `as_dict()` is JSON-able, `str()` a plain table."""

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
    """A third-party exception as one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

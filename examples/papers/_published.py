"""The verdicts published in the documentation, with which a replication is compared.

`published.json` is written by docs/build.py from the results in docs/papers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ...solvers.core.claims import Claim
from ...solvers.core.estimates import Estimate

FILE = Path(__file__).with_name("published.json")


@cache
def published() -> dict[str, dict[str, Any]]:
    """By paper: `scale`, `date`, `verdict`, and `claims` as returned by `Claim.as_dict`."""
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return found


def beside(paper: str, claims: Sequence[Claim]) -> tuple[str, list[str], list[list[str]], str]:
    """Title, header, rows and caption of a table: each claim as published and as measured here."""
    known = published().get(paper, {})
    theirs = {claim["name"]: claim for claim in known.get("claims", ())}
    rows = []
    for claim in claims:
        there = theirs.get(claim.name)
        was = [_number(there), there["verdict"]] if there else ["", "not published"]
        agrees = "" if not there else "yes" if there["verdict"] == claim.verdict else "no"
        rows.append([claim.name, *was, claim.measured.text(), claim.verdict, agrees])
    when = f"scale {known['scale']}, {known['date']}" if known else "nothing was published yet"
    header = ["claim", "published", "verdict", "here (95 % interval)", "verdict here", "the same"]
    return "Replication", header, rows, f"Published: {when}. Here: other seeds, the same thresholds."


def _number(claim: dict[str, Any]) -> str:
    low, high = claim["interval"] or (-math.inf, math.inf)
    return Estimate(claim["measured"], low, high).text()

"""Ledgers and files: nothing is lost, nothing is half-written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ige.solvers.core import Ledger, write_json, write_text
from ige.solvers.core.files import write


@given(st.dictionaries(st.text(), st.lists(st.integers())), st.integers(0, 40))
def test_a_ledger_survives_any_cut(
    tmp_path_factory: pytest.TempPathFactory, pieces: dict[str, list[int]], cut: int
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "progress.jsonl"
    ledger = Ledger(path, {"seed": 1})
    for piece, result in pieces.items():
        ledger.add(piece, result)
    path.write_bytes(path.read_bytes()[: max(0, path.stat().st_size - cut)])
    resumed = Ledger(path, {"seed": 1})
    kept = [piece for piece in pieces if piece in resumed]
    assert kept == list(pieces)[: len(kept)]
    assert all(resumed[piece] == pieces[piece] for piece in kept)
    for piece, result in pieces.items():
        if piece not in resumed:
            resumed.add(piece, result)
    assert len(Ledger(path, {"seed": 1})) == len(pieces)


def test_other_settings_begin_a_ledger_anew(tmp_path: Path) -> None:
    Ledger(tmp_path / "a", 1).add("piece", 2)
    assert "piece" in Ledger(tmp_path / "a", 1)
    assert "piece" not in Ledger(tmp_path / "a", 2)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.json"
    write_json(path, {"a": [1]})
    before = path.read_bytes()

    def fail(file: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(path, fail)
    with pytest.raises(TypeError):
        write_json(path, object())
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path], "no temporary file is left"
    write_text(path, "new")
    assert path.read_text() == "new"


def test_a_damaged_line_of_a_ledger_runs_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a", 1)
    for piece in "xyz":
        ledger.add(piece, 1)
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join([*lines[:2], b"\xff{nonsense\n", lines[3]]))
    resumed = Ledger(ledger.path, 1)
    assert [piece in resumed for piece in "xyz"] == [True, False, True]

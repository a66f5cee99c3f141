"""The paper at smoke scale: its direction, its puzzle files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ige.envs.arithmetic.puzzles import read_puzzles
from ige.examples.papers import game_of_24 as paper


@pytest.mark.long
def test_the_claims_point_the_right_way(report: paper.Report) -> None:
    assert report.solved["Go-Explore"].all()
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert "does not hold" not in verdicts.values(), verdicts
    spent = {method: operations.mean() for method, operations in report.operations.items()}
    assert spent["Go-Explore"] < spent["Go-Explore, random action"] < spent["depth-first"]
    controls = ("random model", "rules", "classic Go-Explore", "random")
    assert all(spent[method] > spent["Go-Explore"] for method in controls)


def test_puzzle_files(tmp_path: Path) -> None:
    path = tmp_path / "puzzles.txt"
    path.write_text("# mine\n4 9 10 13\n13,10,9,4\n\n1.2.3.4,4.5.6.10  # dotted\n")
    assert read_puzzles("puzzles", path) == [(4, 9, 10, 13), (1, 2, 3, 4), (4, 5, 6, 10)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("4 9 10 13\n1 2 3", "line 2: '1 2 3', expected 4 integers from 1 to 100"),
        ("4 9 10 x", "line 1: '4 9 10 x'"),
        ("4 9 10 1.5", "line 1: "),
        ("4 9 10 0", "expected 4 integers from 1 to 100"),
        ("# nothing\n", "found no puzzle, expected one a line"),
    ],
)
def test_bad_puzzle_files(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"^puzzles: .*bad\.txt") as caught:
        read_puzzles("puzzles", path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unreadable_puzzle_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="^puzzles: .*cannot be read: No such file"):
        read_puzzles("puzzles", tmp_path / "none.txt")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="^puzzles: .*binary: line 1, column 1: found byte 0xff, expected"):
        read_puzzles("puzzles", tmp_path / "binary")

"""The paper at smoke scale: its direction, its report, its resumption, its puzzle files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ige.envs.arithmetic.puzzles import read_puzzles
from ige.examples.papers import game_of_24 as paper

pytestmark = pytest.mark.xdist_group("game_of_24")  # what the module's fixtures measure is measured once


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


def quietly(work: object) -> object:
    return work(lambda *progress: None)  # type: ignore[operator]


@pytest.fixture(scope="module")
def report(folder: Path) -> paper.Report:
    return paper.reproduce("smoke", None, folder, "cpu", quietly)


def test_the_claims_point_the_right_way(report: paper.Report) -> None:
    assert min(report.share("Go-Explore")) == 1.0
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert "does not hold" not in verdicts.values(), verdicts
    full, random_action = (sum(report.mean(m)) for m in ("Go-Explore", "Go-Explore, random action"))
    assert full < random_action < sum(report.mean("depth-first")) * report.settings.seeds


def test_controls_are_weaker(report: paper.Report) -> None:
    full = sum(report.mean("Go-Explore"))
    assert all(sum(report.mean(m)) > full for m in ("random model", "rules", "classic Go-Explore", "random"))


def test_what_it_leaves_behind(report: paper.Report, folder: Path) -> None:
    results = json.loads((folder / "smoke" / "results.json").read_text())
    assert results["verdict"] in ("holds", "inconclusive")
    assert [claim["name"] for claim in results["claims"]] == ["24-A1", "24-A2", "24-A3", "24-A4", "24-B1", "24-B2"]
    assert results["operations"] == report.operations
    assert (folder / "smoke" / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_a_second_run_repeats_nothing_and_a_cut_one_resumes(
    report: paper.Report, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    solver = paper._solver
    monkeypatch.setattr(paper, "_solver", lambda method, *rest: ran.append(method) or solver(method, *rest))
    assert paper.run("smoke", folder / "smoke", device="cpu").as_dict() == report.as_dict()
    assert ran == []
    ledger = folder / "smoke" / "progress.jsonl"
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join(lines[:-1]) + lines[-1][:20])  # as an interruption might leave it
    assert paper.run("smoke", folder / "smoke", device="cpu").as_dict() == report.as_dict()
    assert set(ran) == {"Go-Explore"}
    assert len(ran) == len(report.puzzles)


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

"""The `ige` command as a person meets it: what it prints, its exit codes, its one-line errors."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ige import cli
from ige.render.window import Window

RUN = [sys.executable, "-c", "from ige.cli import main; main()"]


def ige(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["ige", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fly"], "No such command 'fly'"),
        (["solve"], "Missing argument 'name'"),
        (["solve", "GameOf25"], "id: 'GameOf25' is not registered; close: GameOf24"),
        (["solve", "GameOf24", "--solver", "a-star"], "solver: 'a-star' is unknown, expected one of go-explore"),
        (["solve", "GameOf24", "--model", "gpt"], "model: found 'gpt', expected 'random' or 'openai:MODEL'; for Game"),
        (["solve", "GameOf24", "--numbers", "4,9,ten,13"], "--numbers: '4,9,ten,13', expected integers such as"),
        (["solve", "GameOf24", "--numbers", "4,9"], "options: instance: found 2 numbers, expected 4"),
        (["solve", "GameOf24", "--set", "n=9"], "n: 9, expected an integer from 3 to 6"),
        (["solve", "GameOf24", "--set", "n=3.5"], "n: 3.5, expected an integer"),
        (["solve", "GameOf24", "--set", "size=3"], "--set: ige/GameOf24-v0 has no argument 'size', expected one of n,"),
        (["solve", "GameOf24", "--set", "n={[]:1}"], "n: '{[]:1}', expected an integer"),
        (["play", "GameOf24", "--set", "render_mode=ansi"], "--set: render_mode is not an argument of the environment"),
        (["solve", "GameOf24", "--device", "mps"], "device: 'mps', expected 'auto', 'cpu' or 'cuda'"),
        (["solve", "GameOf24", "--numbers", ""], "options: instance: found 0 numbers, expected 4"),
        (["solve", "GameOf24", "--set", "max_episode_steps=3"], "env: TimeLimit counts on when search returns"),
        (["solve", "GameOf24", "--set", "n:3"], "--set: 'n:3', expected name=value"),
        (
            ["solve", "GameOf24", "--set", "n=5"],
            "--model: the judge knows puzzles of 4 numbers that make 24, found n=5",
        ),
        (["solve", "GameOf24", "--budget", "0"], "Invalid value for '--budget'"),
        (["solve", "CartPole-v1", "--solver", "dfs"], "env: CartPoleEnv has no get_state(), which search needs"),
        (["play", "CartPole-v1"], "name: 'CartPole-v1' has no text commands to play with"),
        (["check", "Nothing-v0"], "id: 'Nothing-v0' is not registered"),
        (["bench", "Nothing-v0"], "id: 'Nothing-v0' is not registered"),
        (["reproduce", "game-of-25"], "paper: 'game-of-25' is unknown, expected one of game-of-24"),
        (["reproduce", "game-of-24", "--scale", "huge"], "--scale: 'huge', expected one of smoke, cpu, gpu"),
        (["reproduce", "game-of-24", "--puzzles", "nowhere.txt"], "puzzles: nowhere.txt cannot be read: No such file"),
        (["reproduce", "game-of-24", "--device", "abacus"], "device: 'abacus', expected 'auto', 'cpu' or 'cuda'"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IGE_CACHE_DIR", str(tmp_path / "cache"))
    assert ige(monkeypatch, *arguments) == 2
    captured = capfd.readouterr()
    assert message in captured.err
    assert captured.err.startswith("ige: ")
    assert captured.err.count("\n") == 1
    assert not list(tmp_path.rglob("*.json")), "nothing half-written"


def test_list_names_every_id(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ige(monkeypatch, "list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert "ige/GameOf24-v0" in [row["id"] for row in listed["environments"]]
    assert listed["papers"] == ["game-of-24"]


def test_solve_shows_a_solution(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["solve", "GameOf24", "--solver", "go-explore", "--numbers", "4,9,10,13", "--model", "rules"]
    assert ige(monkeypatch, *arguments) == 0
    out = capsys.readouterr().out
    assert out.startswith("Numbers: 4 9 10 13. Target: 24.\n")
    assert re.search(r"\(left: 24\)\nsolved: \d+ steps", out)


def test_solve_in_json_and_code_1_without_a_solution(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ige(monkeypatch, "solve", "GameOf24", "--solver", "dfs", "--numbers", "1,1,1,1", "--json") == 1
    assert json.loads(capsys.readouterr().out)["status"] == "exhausted"


def test_play_takes_text_and_explains_mistakes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["13-9", "4 ** 2", "5 + 5", "undo", "13 - 9", "10 - 4", "4 * 6", "1 + 1", "restart", "quit"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    assert ige(monkeypatch, "play", "GameOf24", "--numbers", "4,9,10,13") == 0
    out = capsys.readouterr().out
    assert "expected two of the numbers and a sign" in out
    assert "'5 + 5' is no operation on 4 4 10" in out
    assert "Solved." in out
    assert out.count("Numbers: 4 9 10 13.") >= 3, "at the start, after undo, after restart"


def test_play_in_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person types into the window; the events are real, the display is SDL's dummy one."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame = pytest.importorskip("pygame")
    pygame.init()
    keys = [*"13-9x", "\b", "\r", *"undo", "\r", *"4 / 9", "\r", *"quit", "\r"]
    codes = {"\r": pygame.K_RETURN, "\b": pygame.K_BACKSPACE}
    pages: list[str] = []
    page = Window.page
    monkeypatch.setattr(Window, "page", lambda self, frame, text: pages.append(text) or page(self, frame, text))
    for key in keys:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=codes.get(key, 0), unicode=key))
    events = iter(pygame.event.get())
    monkeypatch.setattr(pygame.event, "get", lambda: [next(events)])
    assert ige(monkeypatch, "play", "GameOf24", "--numbers", "4,9,10,13", "--window") == 0
    joined = "\n".join(pages)
    assert "> 13-9x_" in joined
    assert "Numbers: 4 4 10." in joined, "backspace, then Enter"
    assert pages[-1].startswith("Numbers: 4 9 10 13. Target: 24.\n")
    assert "is no operation on 4 9 10 13" in pages[-1]


def test_check_tells_laws_apart(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ige(monkeypatch, "check", "CartPole-v1", "--json") == 1, "Gymnasium's own vector CartPole seeds differently"
    report = json.loads(capsys.readouterr().out)
    verdicts = {(f["law"], f["part"]): f["verdict"] for f in report["findings"]}
    assert verdicts["within", "types"] == "holds"
    assert verdicts["within", "masks"] == "not applicable"
    assert verdicts["same", "vector next-step"] == "FAILS"


def test_an_interrupted_reproduction_resumes(tmp_path: Path) -> None:
    """Interrupt a real process in the middle; the same command finishes and does not repeat what was done."""
    command = [*RUN, "reproduce", "game-of-24", "--runs", str(tmp_path), "--device", "cpu"]
    ledger = tmp_path / "game-of-24" / "smoke" / "progress.jsonl"
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # what runs in the background ignores the signal, and hands that on to its children
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    for _ in range(1200):
        if ledger.exists() and ledger.read_text().count("\n") > 2:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error.strip().splitlines()[-1] == "ige: interrupted; the same command resumes what can be resumed"
    done = ledger.read_text().splitlines()
    assert not (ledger.parent / "results.json").exists()
    finished = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"})
    assert finished.returncode == 0, finished.stderr
    whole = [line for line in done if line.startswith("{") or line.endswith("]]]")]
    assert ledger.read_text().splitlines()[: len(whole)] == whole
    assert "24-A1" in finished.stdout
    assert (ledger.parent / "figure.png").exists()
    assert json.loads((ledger.parent / "results.json").read_text())["scale"] == "smoke"


def test_an_unsolvable_puzzle_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "puzzles.txt").write_text("1 1 1 1\n")
    arguments = ["reproduce", "game-of-24", "--puzzles", "puzzles.txt"]
    ended = subprocess.run([*RUN, *arguments], capture_output=True, text=True, cwd=tmp_path)
    assert ended.returncode == 2
    assert "left out, no solution: 1 1 1 1" in ended.stdout
    assert ended.stderr == "ige: puzzles: puzzles.txt holds no puzzle that has a solution\n"

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
from types import ModuleType
from typing import Any

import gymnasium as gym
import pytest

from ige import cli
from ige.envs import registry
from ige.envs.combinatorial.files import read
from ige.envs.combinatorial.instance import save
from ige.render.window import Window

RUN = [sys.executable, "-c", "from ige.cli import command; command()"]


def ige(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["ige", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


def headless(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """pygame on SDL's dummy display."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame = pytest.importorskip("pygame")
    pygame.display.init()
    return pygame


def press(
    monkeypatch: pytest.MonkeyPatch, pygame: ModuleType, keys: list[tuple[int, str]], at_once: bool = False
) -> None:
    """Press keys, (code, character), one in each frame or all within one."""
    pygame.event.clear()
    for key, character in keys:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=character))
    events = iter(pygame.event.get())
    monkeypatch.setattr(pygame.event, "get", lambda: list(events) if at_once else [next(events)])


def shown(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[tuple[int, ...]]]:
    """The texts that windows will show, and the sizes of their pages."""
    texts: list[str] = []
    sizes: list[tuple[int, ...]] = []
    page = Window.page

    def kept(self: Window, frame: Any, text: str) -> Any:
        whole = page(self, frame, text)
        texts.append(text)
        sizes.append(whole.shape)
        return whole

    monkeypatch.setattr(Window, "page", kept)
    return texts, sizes


def solution(name: str, seed: int, **arguments: Any) -> list[str]:
    """The oracle's actions, in words."""
    identifier = registry.resolve(name)
    plan = registry.oracle(identifier)
    assert plan is not None
    with gym.make(identifier, **arguments) as env:
        env.reset(seed=seed)
        core: Any = env.unwrapped
        return [core.action_text(action) for action in plan(env) or ()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fly"], "No such command 'fly'"),
        (["solve"], "Missing argument 'name'"),
        (
            ["solve", "UedPaired"],
            "name: 'UedPaired' has several agents, which only `ige check` takes; in Python: petting",
        ),
        (["play", "UedPaired"], "name: 'UedPaired' has several agents"),
        (["bench", "UedPaired"], "name: 'UedPaired' has several agents"),
        (
            ["check", "UedPaired", "--pace", "3"],
            "pace: ige/UedPaired-v0 has no such argument, expected one of size, blocks",
        ),
        (["solve", "GameOf25"], "id: 'GameOf25' is not registered; close: GameOf24"),
        (["solve", "GameOf24", "--solver", "a-star"], "solver: 'a-star', expected one of go-explore"),
        (["solve", "GameOf24", "--model", "gpt"], "model: found 'gpt', expected one of judge, rules, random, "),
        (["solve", "GameOf24", "--instance", "4,9,ten,13"], "options: instance: '4,9,ten,13', expected 4 integers"),
        (["solve", "GameOf24", "--instance", "4,9"], "options: instance: found 2 numbers, expected 4"),
        (["solve", "GameOf24", "--set", "n=9"], "n: 9, expected an integer from 3 to 6"),
        (["solve", "GameOf24", "--set", "n=3.5"], "n: 3.5, expected an integer"),
        (["solve", "GameOf24", "--set", "size=3"], "size: ige/GameOf24-v0 has no such argument, expected one of n,"),
        (["solve", "GameOf24", "--size", "3"], "size: ige/GameOf24-v0 has no such argument, expected one of n,"),
        (["solve", "GameOf24", "--n", "9"], "n: 9, expected an integer from 3 to 6"),
        (["play", "BabyAI", "--level", "GoToLocl"], "level: 'GoToLocl' is unknown; did you mean GoToLocal"),
        (["play", "--level=GoToLocl", "BabyAI"], "level: 'GoToLocl' is unknown; did you mean GoToLocal"),
        (["play", "BabyAI", "--view-size", "8"], "view_size: 8, expected an odd number"),
        (
            ["play", "BabyAI", "--level"],
            "--level: no option of this command; as an argument of the environment it needs",
        ),
        (["play", "BabyAI", "--levle", "--window"], "--levle: no option of this command; as an argument of the"),
        (["play", "BabyAI", "--render-mode", "ansi"], "--set: render_mode is not an argument of the environment"),
        (["play", "BabyAIText", "--task", "walk"], "task: 'walk', expected one of 'goto', 'pickup'"),
        (["solve", "GameOf24", "--set", "n={[]:1}"], "n: '{[]:1}', expected an integer"),
        (["play", "GameOf24", "--set", "render_mode=ansi"], "--set: render_mode is not an argument of the environment"),
        (["solve", "GameOf24", "--device", "mps"], "device: 'mps', expected 'auto', 'cpu' or 'cuda'"),
        (["solve", "GameOf24", "--instance", "()"], "options: instance: found 0 numbers, expected 4"),
        (["solve", "GameOf24", "--set", "max_episode_steps=3"], "env: TimeLimit counts on when search returns"),
        (["solve", "GameOf24", "--set", "n:3"], "--set: 'n:3', expected name=value"),
        (
            ["solve", "GameOf24", "--set", "n=5"],
            "model: the judge knows puzzles of 4 numbers that make 24, found n=5",
        ),
        (["solve", "GameOf24", "--budget", "0"], "Invalid value for '--budget'"),
        (["solve", "CartPole-v1", "--solver", "dfs"], "env: CartPoleEnv has no get_state(), which search needs"),
        (["play", "CartPole-v1"], "name: 'CartPole-v1' has no text commands to play with"),
        (["check", "Nothing-v0"], "id: 'Nothing-v0' is not registered"),
        (["bench", "Nothing-v0"], "id: 'Nothing-v0' is not registered"),
        (["reproduce", "game-of-25"], "paper: 'game-of-25' is unknown, expected one of game-of-24"),
        (["reproduce", "game-of-24", "--scale", "huge"], "--scale: 'huge', expected one of smoke, cpu, gpu"),
        (["reproduce", "game-of-24", "--puzzles", "nowhere.txt"], "puzzles: nowhere.txt: cannot be read: No such file"),
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
    assert "game-of-24" in [paper["name"] for paper in listed["papers"]]
    assert ige(monkeypatch, "list", "solvers", "--json") == 0
    assert json.loads(capsys.readouterr().out) == listed["solvers"]
    assert ige(monkeypatch, "list", "papers") == 0
    assert "game-of-24" in capsys.readouterr().out
    assert ige(monkeypatch, "list", "songs") == 2
    assert capsys.readouterr().err.startswith("ige: what: 'songs', expected one of environments, solvers, ")


def test_solve_shows_a_solution(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["solve", "GameOf24", "--solver", "go-explore", "--instance", "4,9,10,13", "--model", "rules"]
    assert ige(monkeypatch, *arguments) == 0
    out = capsys.readouterr().out
    assert out.startswith("Numbers: 4 9 10 13. Target: 24.\n")
    assert re.search(r"\(left: 24\)\nsolved: \d+ steps", out)


def test_solve_in_json_and_code_1_without_a_solution(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ige(monkeypatch, "solve", "GameOf24", "--solver", "dfs", "--instance", "1,1,1,1", "--json") == 1
    assert json.loads(capsys.readouterr().out)["status"] == "exhausted"


def test_play_takes_text_and_explains_mistakes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["13-9", "4 ** 2", "5 + 5", "undo", "13 - 9", "10 - 4", "4 * 6", "1 + 1", "restart", "quit"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    assert ige(monkeypatch, "play", "GameOf24", "--instance", "4,9,10,13") == 0
    out = capsys.readouterr().out
    assert "expected two of the numbers and a sign" in out
    assert "'5 + 5' is no operation on 4 4 10" in out
    assert "Solved." in out
    assert out.count("Numbers: 4 9 10 13.") >= 3, "at the start, after undo, after restart"


def test_play_in_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person types into the window; the events are real, the display is SDL's dummy one."""
    pygame = headless(monkeypatch)
    keys = [*"13-9x", "\b", "\r", *"undo", "\r", *"4 / 9", "\r", *"quit", "\r"]
    codes = {"\r": pygame.K_RETURN, "\b": pygame.K_BACKSPACE}
    pages, _ = shown(monkeypatch)
    press(monkeypatch, pygame, [(codes.get(key, 0), key) for key in keys])
    assert ige(monkeypatch, "play", "GameOf24", "--instance", "4,9,10,13", "--window") == 0
    joined = "\n".join(pages)
    assert "> 13-9x_" in joined
    assert "Numbers: 4 4 10." in joined, "backspace, then Enter"
    assert pages[-1].startswith("Numbers: 4 9 10 13. Target: 24.\n")
    assert "is no operation on 4 9 10 13" in pages[-1]


def test_play_in_words_at_a_level(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    plan = [*solution("BabyAIText", 4, task="putnext"), "turn left", "fly", "undo", "new", "quit"]
    typed = iter(plan)
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    assert ige(monkeypatch, "play", "BabyAIText", "--task", "putnext", "--seed", "4") == 0
    pages = capsys.readouterr().out.split("Goal: ")[1:]
    assert len(pages) == len(plan)
    assert all(page.startswith("put ") and " next to " in page for page in pages)
    solved, late, unknown, undone, new = pages[-5:]
    assert "The goal is reached." in solved
    assert "The episode has ended; go on with 'undo', 'restart' or 'new'." in late
    assert "action: 'fly', expected one of 'turn left'" in unknown
    assert "The goal is reached." not in undone
    assert undone == pages[-6]
    assert new.splitlines()[0] != undone.splitlines()[0]


def test_play_with_a_mouse(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person clicks where the picture shows a field and types into it; what is nowhere is an error."""
    pygame = headless(monkeypatch)
    pages, _ = shown(monkeypatch)
    pygame.event.clear()
    left = (64 * 6 - 360) // 2  # the picture is narrower than the lines below it
    for pos in [(left + 200, 90), (left + 200, 600)]:
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=pos, button=1))
    for key in [*"ada", "\r", *"quit", "\r"]:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_RETURN if key == "\r" else 0, unicode=key))
    events = iter(pygame.event.get())
    monkeypatch.setattr(pygame.event, "get", lambda: [next(events)])
    assert ige(monkeypatch, "play", "GUIWidget", "--task", "login", "--seed", "0", "--window") == 0
    assert "Nothing there takes that" in pages[2]
    assert "Nothing there takes that" not in pages[-1], "the text went into the field"


KEYS = {
    "turn left": ["left"],
    "turn right": ["right"],
    "go forward": ["up"],
    "pick up": ["page up", "p", "tab"],
    "drop": ["page down", "d", "left shift"],
    "toggle": ["space"],
    "done": ["return", "enter"],
}


@pytest.mark.parametrize("variant", range(3))
def test_play_in_a_window_with_keys(monkeypatch: pytest.MonkeyPatch, variant: int) -> None:
    """A person plays with Minigrid's keys: to the goal, back by one, to another world and out."""
    pygame = headless(monkeypatch)
    actions = [*solution("BabyAI", 0, level="BlockedUnlockPickup"), "done"]
    assert {"pick up", "drop", "toggle"} < set(actions)
    names = [KEYS[action][variant % len(KEYS[action])] for action in actions]
    unknown = ["x"] if variant else []
    names += [*unknown, "u", "backspace" if variant else "r", "q" if variant else "escape"]
    pages, sizes = shown(monkeypatch)
    press(monkeypatch, pygame, [(pygame.key.key_code(name), "") for name in names], at_once=variant == 0)
    assert ige(monkeypatch, "play", "BabyAI", "--level", "BlockedUnlockPickup", "--seed", "0", "--window") == 0
    assert len(pages) == len(names)
    assert "pick up (page up, p, tab)" in pages[0], "the keys are told"
    assert all(page.startswith("Goal: pick up ") and ">" not in page for page in pages)
    solved, late, *ignored, undone, new = pages[len(actions) - 1 :]
    assert "The goal is reached." in solved
    assert "The episode has ended" in late
    assert ignored == [late] * len(unknown)
    assert "The goal is reached." not in undone
    assert new.splitlines()[1] != pages[0].splitlines()[1]
    assert len(set(sizes)) == 1, "the window stays as large as it is"


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
    assert error.strip().splitlines()[-1] == "ige: interrupted; the same command resumes it"
    done = ledger.read_text().splitlines()
    assert not (ledger.parent / "results.json").exists()
    finished = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"})
    assert finished.returncode == 0, finished.stderr
    whole = [line for line in done if line.startswith("{") or line.endswith("]]]")]
    assert ledger.read_text().splitlines()[: len(whole)] == whole
    assert "24-A1" in finished.stdout
    assert (ledger.parent / "figure.png").exists()
    assert json.loads((ledger.parent / "results.json").read_text())["scale"] == "smoke"


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "TSP", "--n", "3000", "--solver", "local-search"],  # in compiled code
        pytest.param(["solve", "CVRP", "--n", "100", "--solver", "ortools"], marks=pytest.mark.long),
        pytest.param(["check", "BabyAI"], marks=pytest.mark.long),  # compiling
        pytest.param(["reproduce", "bq-nco", "--scale", "cpu"], marks=pytest.mark.long),  # in several processes
        pytest.param(["bench"], marks=pytest.mark.long),
    ],
    ids=" ".join,
)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the command is one process here")
def test_ctrl_c_ends_whatever_runs_with_one_line(arguments: list[str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*RUN, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "IGE_CACHE_DIR": str(tmp_path / "cache")} if arguments[0] == "check" else None,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")  # Linux: when it has begun
    for _ in range(300):
        if not children.exists() or children.read_text():
            break
        time.sleep(0.1)
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    start = time.monotonic()
    _, error = process.communicate(timeout=60)  # all who hold the other end have ended too
    assert time.monotonic() - start < 30  # two seconds, on a machine that has time
    assert process.returncode == 130
    resumed = "; the same command resumes it" if arguments[0] == "reproduce" else ""
    assert error == f"ige: interrupted{resumed}\n"
    assert not list((tmp_path / "runs").rglob("results.json"))


def test_a_window_without_a_display_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert ige(monkeypatch, "play", "GameOf24", "--window") == 2
    assert capsys.readouterr().err == (
        "ige: window: found neither DISPLAY nor WAYLAND_DISPLAY, expected a display to open it on\n"
    )


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    (tmp_path / "file").write_text("")
    assert ige(monkeypatch, "reproduce", "game-of-24", "--runs", str(tmp_path / "file")) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"ige: --runs: {tmp_path / 'file' / 'game-of-24'}: ")


def test_an_unsolvable_puzzle_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "puzzles.txt").write_text("1 1 1 1\n")
    arguments = ["reproduce", "game-of-24", "--puzzles", "puzzles.txt"]
    ended = subprocess.run([*RUN, *arguments], capture_output=True, text=True, cwd=tmp_path)
    assert ended.returncode == 2
    assert "left out, no solution: 1 1 1 1" in ended.stdout
    assert ended.stderr == "ige: puzzles: puzzles.txt holds no puzzle that has a solution\n"


FIVE = "NAME: five\nTYPE: TSP\nDIMENSION: 5\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"


def test_solve_an_instance_of_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, plot = tmp_path / "five.tsp", tmp_path / "five.png"
    path.write_text(FIVE + "1 0 0\n2 0 30\n3 40 30\n4 40 0\n5 20 0\nEOF\n", encoding="utf-8")
    assert ige(monkeypatch, "solve", "TSP", "--file", str(path), "--solver", "exact", "--plot", str(plot)) == 0
    assert capsys.readouterr().out.startswith("five, n=5: length 140\nexact: ")
    assert plot.read_bytes()[1:4] == b"PNG"
    moving, again = tmp_path / "five.gif", tmp_path / "again.json"
    save(again, [read(path)])
    assert ige(monkeypatch, "solve", "TSP", "--file", str(again), "--solver", "nearest", "--plot", str(moving)) == 0
    assert capsys.readouterr().out.startswith("five, n=5: length 140\nnearest: ")
    assert moving.read_bytes()[:3] == b"GIF"
    explicit = "EXPLICIT\nEDGE_WEIGHT_FORMAT: UPPER_ROW\nEDGE_WEIGHT_SECTION\n1 2 3 4 5 6 7 8 9 10\nEOF\n"
    path.write_text(FIVE.partition("EUC_2D")[0] + explicit, encoding="utf-8")
    assert ige(monkeypatch, "solve", "TSP", "--file", str(path), "--solver", "exact") == 0
    assert capsys.readouterr().out.startswith("five, n=5: length ")
    assert ige(monkeypatch, "solve", "CVRP", "--n", "6", "--solver", "savings", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["actions"]) == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["TSP", "--solver", "hgs"], "ige: solver: 'hgs', expected one of bq, pyvrp, fast-tsp"),
        (["TSP", "--solver", "bq", "--weights", "none"], "ige: weights: 'none' is no file, expected one that"),
        (["TSP", "--file", "none.tsp"], "none.tsp"),
        (["TSP", "--n", "1"], "ige: n: 1, expected an integer of at least 2"),
        (["TSP", "--plot", "five.jpg"], "ige: plot: five.jpg, expected .png or .gif"),
        (["TSP", "--file", "none.tsp", "--n", "5"], "ige: --set: found 'n=5' beside --file, which says all about"),
        (["TSP", "--instance", "1,2"], "ige: --instance: found '1,2', but solver bq takes --file, "),
        (["Orienteering", "--budget", "3"], "the environment's own is --set budget=3"),
        (["GameOf24", "--file", "none.tsp"], "ige: --file: found 'none.tsp', but solver go-explore takes --model, "),
    ],
)
def test_solve_an_instance_with_mistakes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert ige(monkeypatch, "solve", *arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_solve_a_bandit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ige(monkeypatch, "solve", "TallyingBandit", "--solver", "elimination", "--horizon", "5000", "--json") == 0
    played = json.loads(capsys.readouterr().out)
    assert played["rounds"] == sum(played["pulls"]) == 5000
    assert played["regret"] == pytest.approx(played["loss"] - played["comparator"])
    assert ige(monkeypatch, "solve", "TallyingBandit", "--memory", "1") == 0
    assert "thompson: 1,000 rounds" in capsys.readouterr().out


def test_solve_other_online_problems(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ige(monkeypatch, "solve", "GroupRegression", "--horizon", "500") == 0
    out = capsys.readouterr().out
    assert "rounds: 500" in out
    assert "regret" in out
    assert ige(monkeypatch, "solve", "OneSidedFairness", "--horizon", "300", "--json") == 0
    assert json.loads(capsys.readouterr().out)["rounds"] == 300
    assert ige(monkeypatch, "solve", "ConservativeMDP", "--solver", "epsmix") == 0
    assert "0 episodes below the" in capsys.readouterr().out
    assert ige(monkeypatch, "solve", "TabularMDP", "--solver", "epsmix") == 2
    assert "expected one of ucbvi, value-iteration, which" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["TallyingBandit", "--solver", "bq"], "ige: solver: 'bq', expected one of thompson, "),
        (["TallyingBandit", "--memory", "0"], "ige: memory: 0, expected an integer of at least 1"),
        (["TallyingBandit", "--budget", "3"], "ige: --budget: found '3', but solver thompson takes none"),
    ],
)
def test_solve_an_online_problem_with_mistakes(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ige(monkeypatch, "solve", *arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith(message)
    assert error.count("\n") == 1


def test_train_goes_on_and_solve_plays_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "trained"
    made = ["train", "GameOf24", "--n", "3", "--split", "all", "--out", str(folder)]
    for steps, reached in ((4000, "4,096"), (8000, "8,192")):
        assert ige(monkeypatch, *made, "--steps", str(steps)) == 0
        assert f"{folder / 'checkpoint.pt'}: {reached} steps of ige/GameOf24-v0 by ppo\n" in capsys.readouterr().out
    codes = {ige(monkeypatch, "solve", "GameOf24", "--from", str(folder), "--seed", str(seed)) for seed in range(9)}
    assert codes <= {0, 1}
    assert "2 steps, return 0, not solved" in capsys.readouterr().out
    for arguments, message in (
        ([*made, "--seed", "5"], f"ige: --out: {folder} was trained with seed 0, expected 5 or another folder\n"),
        (["solve", "TSP", "--from", str(folder)], f"ige: --from: {folder} was trained with id 'ige/GameOf24-v0'"),
        (["solve", "GameOf24", "--from", str(folder), "--foo", "3"], "ige: foo: ige/GameOf24-v0 has no such argument"),
        (["solve", "TSP", "--from", str(tmp_path)], f"ige: {tmp_path}: expected a folder that `ige train` has made\n"),
        ([*made[:-1], str(tmp_path)], f"ige: {tmp_path}: expected a folder that `ige train` has made\n"),
        ([*made, "--solver", "dr"], "ige: solver: 'dr', expected one of ppo, which learn ige/GameOf24-v0\n"),
        (["train", "TextWorld", "--out", str(tmp_path / "x")], "ige: observation_space: observation is text"),
        (["train", "GameOf24", "--out", __file__], f"ige: --out: {__file__} is a file, expected a folder"),
    ):
        assert ige(monkeypatch, *arguments) == 2
        error = capsys.readouterr().err
        assert error.startswith(message)
        assert error.count("\n") == 1
    assert not (tmp_path / "x").exists()

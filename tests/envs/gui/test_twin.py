"""The page's interpreter in JavaScript does what the kernel does, step by step; run by Node, without a browser."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit

from ige.envs.gui import app, export, kernel, ops, phone, vm, words
from ige.envs.gui.env import GUIWidget, Screens
from ige.envs.gui.oracle import plan
from ige.envs.gui.program import HEIGHT, WIDTH
from ige.envs.gui.templates import tasks

CLASSES: dict[str, type[Screens]] = {"widget": GUIWidget, "app": app.GUIApp, "phone": phone.GUIPhone}
SETTINGS: list[dict[str, Any]] = [
    {"reward_mode": "shaped"},
    {"reward_mode": "partial", "termination": "auto"},
    {"reward_mode": "time"},
]
TWIN = Path(export.__file__).with_name("twin.js")
COLUMNS, LINES = 12, 20  # the grid of points at which hits are compared
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed, which runs the page's interpreter")

# Plays episodes that come as JSON on standard input; prints for each step what `summary` below makes of the kernel's.
HARNESS = """
const { Twin, EFFECTS } = require(process.argv[1]);
const { createHash } = require("crypto");
const { tables, episodes, points, known, inFull } = JSON.parse(require("fs").readFileSync(0, "utf8"));
function summary(twin) {
  const { oracle_progress: progress, ...state } = twin.snapshot();
  const { table, fields, candidates } = twin.obs();
  const seen = [Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1)), table, fields, candidates,
    points.map(([x, y]) => twin.hit(x, y))];
  const text = JSON.stringify(seen);
  return { seen: inFull ? seen : createHash("sha256").update(text).digest("hex"), progress, reward: twin.lastReward };
}
const played = episodes.map(({ episode, actions }) => {
  const twin = new Twin({ ...tables, episode });
  return [summary(twin), ...actions.map((action) => { twin.act(action); return summary(twin); })];
});
const twin = new Twin({ ...tables, episode: episodes[0].episode });
process.stdout.write(JSON.stringify({ played, ops: Object.keys(EFFECTS), known: known.map((text) => twin.known(text)),
  texts: known.map((text) => twin.text(twin.known(text))) }));
"""


@njit
def hits(state: Any, program: Any, out: Any) -> None:
    for k in range(out.shape[0]):
        out[k] = vm.hit(state, program, *point(k))


@njit
def point(k: int) -> tuple[int, int]:
    """The k-th point of a grid, off the pixels where most widgets begin."""
    return k % COLUMNS * WIDTH // COLUMNS + 13, k // COLUMNS * HEIGHT // LINES + 17


def run(episodes: list[dict[str, Any]], known: tuple[str, ...] = (), in_full: bool = False) -> dict[str, Any]:
    """Play episodes in Node and return its results."""
    points = [point(k) for k in range(COLUMNS * LINES)]
    given = {"tables": export.tables(), "episodes": episodes, "points": points, "known": known, "inFull": in_full}
    command = [str(NODE), "-e", HARNESS, str(TWIN)]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def summary(env: Screens, reward: float, in_full: bool) -> dict[str, Any]:
    state = export.state(env.get_state())
    progress = state.pop("oracle_progress")
    table, observed = env.table(), env.observe()[0]
    grid = np.zeros(COLUMNS * LINES, np.int64)
    hits(env.get_state(), env.task.record, grid)
    seen: Any = [
        [list(one) for one in sorted(state.items())],
        table[table[:, 0] > 0].tolist(),
        observed["goal"].tolist(),
        observed["candidates"].tolist(),
        grid.tolist(),
    ]
    if not in_full:
        seen = hashlib.sha256(json.dumps(seen, separators=(",", ":")).encode()).hexdigest()
    return {"seen": seen, "progress": progress, "reward": reward}


def wander(env: Screens, rng: np.random.Generator, steps: int) -> Iterator[int]:
    """Random actions: most are legal, and few end the episode."""
    for _ in range(steps):
        mask = env.action_masks()
        mask[kernel.FIRST_PLAIN + kernel.COMPLETE - kernel.CLEAR :] &= rng.random() < 0.03
        legal = np.flatnonzero(mask)
        yield int(rng.choice(legal)) if len(legal) and rng.random() < 0.8 else int(rng.integers(kernel.ACTIONS))


def play(env: Screens, actions: Any, in_full: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An episode for Node, and the kernel's results for it."""
    start, sent, found = export.episode(env), [], [summary(env, 0.0, in_full)]
    for action in actions:
        sent.append(export.action(env, action))
        reward = env.step(action)[1]
        found.append(summary(env, reward, in_full))
        if env.get_state()["over"]:
            break
    return {"episode": start, "actions": sent}, found


def compare(folder: str, seeds: range, steps: int, in_full: bool = False, only: tuple[Any, ...] = ()) -> None:
    """Compare every task of a folder, by the oracle's plan and by random actions, with all rewards in turn."""
    envs = [CLASSES[folder](paraphrases="all", **settings) for settings in SETTINGS]
    planner = CLASSES[folder](paraphrases="all")  # here success does not end the episode before the plan does
    keys, episodes, expected = [], [], []
    for name in tasks(folder):
        for seed in seeds:
            for kind in ("plan", "random"):
                key = (name, seed, kind)
                if only and key != only:
                    continue
                env = envs[(seed + (kind == "plan")) % len(envs)]
                for one in (env, planner):
                    one.reset(seed=seed, options={"task": name})
                rng = np.random.default_rng(seed)
                episode, found = play(env, plan(planner) if kind == "plan" else wander(env, rng, steps), in_full)
                keys.append(key)
                episodes.append(episode)
                expected.append(found)
    for key, episode, found, twins in zip(keys, episodes, expected, run(episodes, (), in_full)["played"], strict=True):
        for k, (one, other) in enumerate(zip(found, twins, strict=True)):
            if one != other and not in_full:
                compare(folder, seeds, steps, True, key)  # again, to show what differs
            assert one == other, f"{key}: after {k} actions, the last of them {episode['actions'][k - 1 : k]}"


@needs_node
@pytest.mark.parametrize("folder", CLASSES)
def test_the_twin_is_equal(folder: str) -> None:
    compare(folder, range(2), 12)


@needs_node
@pytest.mark.long
@pytest.mark.parametrize("folder", CLASSES)
def test_the_twin_is_equal_on_many_seeds(folder: str) -> None:
    compare(folder, range(20), 50)


def test_the_twin_knows_every_instruction() -> None:
    """Also where Node is missing: read from the source."""
    source = TWIN.read_text(encoding="utf-8")
    table = source[source.index("const EFFECTS") : source.index("};\n\nfunction random")]
    known = set(re.findall(r"\b([A-Z_]{2,}):", table))
    wanted = {op.name for op in ops.TABLE} - {"STOP"}
    assert known == wanted, f"missing in twin.js: {wanted - known}; unknown to ops.py: {known - wanted}"


def test_the_page_has_no_clock_no_network_and_no_chance() -> None:
    source = export.part("twin.js") + export.part("page.js") + export.part("page.html")
    never = ("setTimeout", "setInterval", "requestAnimationFrame", "Date", "performance", "fetch", "XMLHttpRequest",
             "Math.random", "crypto", "import(", "innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval",
             "Function(", "http:", "https:", "src=", "WebSocket")  # fmt: skip
    assert [word for word in never if word in source] == []


@needs_node
def test_typed_words_mean_the_same() -> None:
    texts = ("ada", "  ADA ", "Ada", "12", "0012", "99999", "$5", "$ 5", "3 may", "31 December", "32 May", "0 May",
             "9:05", "09:05", "23:55", "24:00", "9:03", "", " ", "nobody's text", "amber-fox", "Amber-FOX",
             "£5")  # fmt: skip
    env = GUIWidget(task="click-button")
    env.reset(seed=0)
    found = run([{"episode": export.episode(env), "actions": []}], texts)
    assert found["known"] == [words.known(text) or 0 for text in texts]
    assert found["texts"] == [words.text(code) for code in found["known"]]

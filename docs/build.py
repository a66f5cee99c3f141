"""The pages of this folder but README.md, written from the docstrings and the registries; tables of the front page.

python docs/build.py            # write them
python docs/build.py --check    # exit status 1 if they are not what would be written
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import gymnasium as gym
import pettingzoo
from numpy.typing import NDArray

from ige.benchmarks.report import short
from ige.envs import registry
from ige.envs.entry import Entry
from ige.examples.papers import PAPERS
from ige.render import save_png

HERE = Path(__file__).resolve().parent
NOTE = "<!-- Written by docs/build.py from the docstrings. -->\n\n"
REFERENCE = {
    "wrappers.md": ("Wrappers", ("ige.wrappers",)),
    "testing.md": ("Testing an environment", ("ige.envs.testing", "ige.envs.testing.strategies")),
    "solvers.md": (
        "Solvers",
        (
            "ige.solvers.search",
            "ige.solvers.foundation",
            "ige.solvers.arithmetic",
            "ige.solvers.nco",
            "ige.solvers.bandits",
            "ige.solvers.bandits.contextual",
            "ige.solvers.online",
            "ige.solvers.tabular",
            "ige.solvers.ued",
        ),
    ),
}
EPISODES, ROUNDS = 8, 100  # that a picture is chosen from; played before it, at most
BRIEF = {"solvers.md"}  # the first paragraph of each docstring is enough


def build(folder: Path) -> None:
    """Write all pages and pictures below an existing folder."""
    environments = folder / "environments"
    environments.mkdir(exist_ok=True)
    (environments / "README.md").write_text(NOTE + overview(registry.TABLE), encoding="utf-8")
    for entry in registry.TABLE:
        name = page_name(entry.id)
        picture = environments / f"{name}.png"
        (environments / f"{name}.md").write_text(NOTE + environment(entry, picture), encoding="utf-8")
    (folder / "papers").mkdir(exist_ok=True)
    (folder / "papers" / "README.md").write_text(papers(), encoding="utf-8")
    for name, (title, modules) in REFERENCE.items():
        sections = [section(importlib.import_module(module), name in BRIEF) for module in modules]
        (folder / name).write_text(f"{NOTE}# {title}\n\n" + "\n".join(sections), encoding="utf-8")
    for name, page in SPEEDS.items():
        measured = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
        (folder / f"{name}.md").write_text(page(measured), encoding="utf-8")


# --- papers -----------------------------------------------------------------------------------------------------------


def published() -> dict[str, dict[str, Any]]:
    """What docs/papers holds of each paper: scale, command, date, verdict and claims."""
    return {name: measured(HERE / "papers" / name) for name in PAPERS}


def measured(folder: Path) -> dict[str, Any]:
    """What a folder's results hold."""
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    found = {key: results.get(key) for key in ("scale", "command", "date", "verdict", "claims")}
    for claim in found["claims"]:  # of reports from before intervals were made from units
        claim.setdefault("measured", claim.get("mean"))
    return found


def papers() -> str:
    """The index of what `ige reproduce` measured."""
    repeat = "`ige reproduce NAME --first-seed S` repeats a paper on other seeds."
    return (
        f"# Reproduced papers\n\n{papers_table('')}\n\n{elsewhere()}\n\n[How claims are judged](claims.md). {repeat}\n"
    )


def elsewhere() -> str:
    """Reports of a paper under other conditions: folders within its own."""
    lines = []
    for folder in sorted(path.parent for path in (HERE / "papers").glob("*/*/results.json")):
        known, place = measured(folder), folder.relative_to(HERE / "papers")
        lines.append(
            f"- {PAPERS[folder.parent.name].title}, `{known['command']}`: "
            f"[{verdict(known)}]({place.as_posix()}/report.md), {known['date']}"
        )
    return "Under other conditions:\n\n" + "\n".join(lines)


def verdict(known: dict[str, Any]) -> str:
    """The verdict, and the claims that do not hold or are open."""
    short_of = [claim["name"] for claim in known["claims"] if claim["verdict"] != "holds"]
    return str(known["verdict"]) + (f": {', '.join(short_of)}" if short_of else "")


def papers_table(place: str) -> str:
    """Each paper with its verdict and date; `place` is where the reports lie, seen from the page."""
    rows = []
    for name, known in published().items():
        paper, command = PAPERS[name], known["command"] or f"ige reproduce {name} --scale {known['scale']}"
        title = f"{paper.title} ({paper.authors} {paper.year})"
        rows.append([title, f"`{command}`", f"[{verdict(known)}]({place}{name}/report.md)", known["date"] or ""])
    shown = table(["paper", "command", "verdict, and claims that do not hold or are open", "measured on"], rows)
    if all(row[-1] for row in rows):
        return shown
    return f"{shown}\n\nWithout a date: measured before claims named their units; intervals are over seeds alone."


def outside() -> dict[Path, str]:
    """What is written outside this folder: the verdicts that the package holds, and README's tables."""
    root = HERE.parent
    readme = (root / "README.md").read_text(encoding="utf-8")
    readme = filled(readme, "environments", environments_table("docs/environments/"))
    return {
        root / "examples" / "papers" / "published.json": json.dumps(published(), indent=1) + "\n",
        root / "README.md": filled(readme, "papers", papers_table("docs/papers/")),
    }


def filled(page: str, name: str, text: str) -> str:
    """The page with a text between the comments `<!-- name -->` and `<!-- /name -->`."""
    begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
    before, _, rest = page.partition(begin)
    return f"{before}{begin}{text}{end}{rest.partition(end)[2]}"


# --- speeds -----------------------------------------------------------------------------------------------------------


def speeds(report: dict[str, Any]) -> str:
    """The page of one `ige bench --json docs/speed.json`."""
    machine = report["machine"]
    parts = [
        "<!-- Written by docs/build.py from speed.json. -->\n\n# Speed",
        "Measured by `ige bench --json docs/speed.json`; the first table is what the project asks of itself. "
        f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['system']}; {machine['python']}, NumPy "
        f"{machine['numpy']}, Numba {machine['numba']}, Gymnasium {machine['gymnasium']}.",
    ]
    rows = []
    for target in report["targets"]:
        low, high = target["at_least"], target["at_most"]
        asked = f"≥ {short(low)}" if low is not None else f"≤ {short(high)}"
        rows.append([target["what"], short(target["measured"]), asked, "yes" if target["met"] else "no"])
    parts.append(table(["what", "measured", "target", "met"], rows))
    for env_id in dict.fromkeys(speed["env_id"] for speed in report["speeds"]):
        rows = [
            [
                f"{s['interface']} {s['arguments']}".rstrip(),
                f"{s['rows']:,}",
                str(s["threads"] or ""),
                short(s["steps_per_second"]),
                short(s["times_sync"]),
                short(s["times_peer"]),
            ]
            for s in report["speeds"]
            if s["env_id"] == env_id
        ]
        header = ["interface", "rows", "threads", "steps/s", "times SyncVectorEnv, 64 rows", "times FrozenLake-v1"]
        parts.append(f"## {env_id}\n\n{table(header, rows)}")
    rows = [
        [s["env_id"], s["cache"], *(f"{s[name]:.2f}" for name in ("imports", "first_step", "first_vector_step"))]
        for s in report["startups"]
    ]
    header = ["id", "cache", "imports, s", "gym.make to first step, s", "gym.make_vec to first step, s"]
    parts.append(f"## A new process\n\n{table(header, rows)}")
    return "\n\n".join(parts) + "\n"


def beside_peers(report: dict[str, Any]) -> str:
    """The page of one `python -m ige.benchmarks.babyai --json docs/speed-babyai.json`."""
    rows = [
        [
            f"{r['interface']}: {r['arguments']}",
            f"{r['rows']:,}",
            str(r["threads"]),
            short(r["steps_per_second"]),
            short(r["ours"]),
        ]
        for r in report["rows"]
    ]
    resets = [[name, f"{seconds:.2f}"] for name, seconds in report["resets"].items()]
    return (
        "\n\n".join(
            [
                "<!-- Written by docs/build.py from speed-babyai.json. -->\n\n# BabyAI beside its peers",
                "Measured by `python -m ige.benchmarks.babyai --json docs/speed-babyai.json` on GoToLocal, random "
                f"actions, observations and autoreset included. {_versions(report)}.",
                _targets(report),
                table(["what", "rows", "threads", "steps/s", "ours is faster by"], rows),
                "## Drawing a world, in µs, one thread",
                table(["level", "µs"], resets),
            ]
        )
        + "\n"
    )


def beside_textworld(report: dict[str, Any]) -> str:
    """The page of one `python -m ige.benchmarks.textworld --json docs/speed-textworld.json`."""
    rows = [
        [
            r["challenge"],
            r["interface"],
            f"{r['rows']:,}",
            str(r["threads"]),
            short(r["steps_per_second"]),
            short(r["ours"]),
        ]
        for r in report["rows"]
    ]
    making = [[m["challenge"], *(short(m[name]) for name in _MADE)] for m in report["making"]]
    return (
        "\n\n".join(
            [
                "<!-- Written by docs/build.py from speed-textworld.json. -->\n\n# TextWorld beside TextWorld",
                "Measured by `python -m ige.benchmarks.textworld --json docs/speed-textworld.json`: the same game file "
                "and the same random walks of admissible commands in Microsoft's TextWorld (which steps the JSON file "
                "and lists the admissible commands) and here, observations, masks and autoreset included. "
                f"{_versions(report)}.",
                _targets(report),
                table(["game", "what", "rows", "threads", "steps/s", "ours is faster by"], rows),
                "## Making a game, in ms, one thread",
                table(["challenge", "ours", "ours, ready to be played", "TextWorld", "TextWorld, compiled"], making),
            ]
        )
        + "\n"
    )


def beside_combinatorial(report: dict[str, Any]) -> str:
    """The page of one `python -m ige.benchmarks.combinatorial --json docs/speed-combinatorial.json`."""
    memory = ", ".join(f"{name} {count:,}" for name, count in report["bytes_per_instance"].items())
    return _beside(
        "combinatorial",
        "Combinatorial optimisation beside its peers",
        report,
        "Random legal actions; observations, masks and autoreset included; Jumanji under `lax.scan` on JAX's CPU, "
        f"RL4CO's batched environments in PyTorch. Bytes of an instance with all of its episode: {memory}.",
    )


def beside_bandits(report: dict[str, Any]) -> str:
    """The page of one `python -m ige.benchmarks.bandits --json docs/speed-bandits.json`."""
    return _beside(
        "bandits",
        "Bandits beside their peers",
        report,
        "Ten Bernoulli arms. A loop is an environment and a policy together; the peers' arms are one comparison with a "
        "random number that was drawn before. Vowpal Wabbit has no UCB1: SquareCB, predicted and learnt from.",
    )


def beside_ued(report: dict[str, Any]) -> str:
    """The page of one `python -m ige.benchmarks.ued --json docs/speed-ued.json`."""
    return _beside(
        "ued",
        "Mazes of environment design beside jaxued",
        report,
        "Mazes of 13 x 13 tiles with 25 walls, views of 5 x 5, random actions; every episode starts its level anew. "
        "Steps are called from Python and hand out new arrays; compiled roll-outs keep all observations. A device of "
        "JAX's is a core.",
    )


def beside_gui(report: dict[str, Any]) -> str:
    """The page of one `python -m ige.benchmarks.gui --json docs/speed-gui.json`."""
    return _beside(
        "gui",
        "Screens beside MiniWoB++",
        report,
        "All tasks of GUIWidget, legal actions at random, drawn outside the clock; a reset counts as a step in "
        "vectors. MiniWoB++ clicks elements of its click-button in headless Chromium and returns the page's elements.",
    )


def _beside(name: str, title: str, report: dict[str, Any], what: str) -> str:
    """A page of what `benchmarks.beside` measured."""
    rows = []
    for r in report["rows"]:
        speeds = short(r["steps_per_second"]), short(r["ours"])
        rows.append([r["problem"], f"{r['interface']}: {r['what']}", f"{r['rows']:,}", *speeds])
    parts = [
        f"<!-- Written by docs/build.py from speed-{name}.json. -->\n\n# {title}",
        f"Measured by `python -m ige.benchmarks.{name} --json docs/speed-{name}.json`, in turns in one process. {what} "
        f"{_versions(report)}.",
        _targets(report),
        table(["problem", "what", "rows", "steps/s", "ours is faster by"], rows),
    ]
    return "\n\n".join(parts) + "\n"


def _versions(report: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in {**report["machine"], **report["versions"]}.items())


def _targets(report: dict[str, Any]) -> str:
    rows = [
        [target["what"], short(target["measured"]), f"≥ {short(target['at_least'])}", "yes" if target["met"] else "no"]
        for target in report["targets"]
    ]
    return table(["what", "measured", "target", "met"], rows)


SPEEDS = {
    "speed": speeds,
    "speed-babyai": beside_peers,
    "speed-textworld": beside_textworld,
    "speed-combinatorial": beside_combinatorial,
    "speed-bandits": beside_bandits,
    "speed-ued": beside_ued,
    "speed-gui": beside_gui,
}
_MADE = ("ours", "ours_playable", "theirs", "theirs_compiled")


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows))


# --- environments -----------------------------------------------------------------------------------------------------


def page_name(env_id: str) -> str:
    """The file name of an id, without suffix."""
    return env_id.removeprefix("ige/").replace("/", "-")


def environments_table(place: str) -> str:
    """Every id, by family, and the papers that it serves."""
    rows = []
    for entry in registry.TABLE:
        papers = [paper.name for paper in PAPERS.values() if entry.id in paper.environments]
        served = [f"[{name}](docs/papers/{name}/report.md)" for name in papers]
        link = f"[`{entry.id}`]({place}{page_name(entry.id)}.md)"
        rows.append([link, entry.summary, f"[{entry.family}](envs/{entry.family})", ", ".join(served)])
    return table(["id", "what it is", "family", "papers"], rows)


def overview(table: Sequence[Entry]) -> str:
    """The table of all ids."""
    lines = ["# Environments", "", "`import ige` registers them.", "", "| id | actions | what it is |", "|---|---|---|"]
    for entry in table:
        env = make(entry)
        actions = "; ".join(f"{prefix}`{described(space)}`" for prefix, space in of_agents(env, "action_space"))
        lines.append(f"| [`{entry.id}`]({page_name(entry.id)}.md) | {actions} | {entry.summary} |")
        env.close()
    return "\n".join(lines) + "\n"


def environment(entry: Entry, picture: Path) -> str:
    """The page of an id; writes its picture if it has one."""
    env = make(entry)
    making = f'pettingzoo.make("parallel", "{entry.id}")' if entry.multi_agent else f'gym.make("{entry.id}")'
    rows = [("Make", f"`{making}`")]
    if entry.vector_entry_point:
        rows.append(("Many at once", f'`gym.make_vec("{entry.id}", num_envs=1024)`'))
    for what in ("Action space", "Observation space"):
        spaces = of_agents(env, what.lower().replace(" ", "_"))
        rows.append((what, "<br>".join(f"{prefix}`{described(space)}`" for prefix, space in spaces)))
    text = inspect.cleandoc(type(env.unwrapped).__doc__ or "")
    lines = [f"# {entry.id}", "", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), ""]
    if "rgb_array" in env.metadata.get("render_modes", []):
        env = make(entry, render_mode="rgb_array")
        play_on(entry, env)
        save_png(picture, env.render())
        env.close()
        lines += [f"![A moment of {entry.id}]({picture.name})", ""]
    if "\n## Training\n" not in text:
        text = text.replace("\n## References\n", f"\n{training(entry)}\n## References\n", 1)
    return "\n".join([*lines, text]) + "\n"


def play_on(entry: Entry, env: Any) -> None:
    """Play to a moment that shows something: in the middle of the oracle's longest episode of a few, else at random."""
    plan = registry.oracle(entry.id)
    if plan is None:
        env.reset(seed=0)
        spaces = [space for _, space in of_agents(env, "action_space")]
        for i, space in enumerate(spaces):
            space.seed(i)
        limit = None if entry.multi_agent else env.unwrapped.step_limit()
        for _ in range(min(ROUNDS, (limit or 2 * ROUNDS) // 2)):
            drawn = [space.sample() for space in spaces]
            _, _, *ends, _ = env.step(dict(zip(env.agents, drawn, strict=True)) if entry.multi_agent else drawn[0])
            if not entry.multi_agent and any(ends):
                break
        return
    plans = []
    for seed in range(EPISODES):
        env.reset(seed=seed)
        plans.append(list(plan(env) or []))
    seed = max(range(EPISODES), key=lambda seed: len(plans[seed]))
    env.reset(seed=seed)
    for action in plans[seed][: min(ROUNDS, round(0.6 * len(plans[seed])))]:
        env.step(action)


def training(entry: Entry) -> str:
    """How other people's learners take an id as it is; an id that needs more than this says it in its docstring."""
    env = make(entry)
    _, info = env.reset(seed=0)
    policy = "MultiInputPolicy" if isinstance(env.observation_space, gym.spaces.Dict) else "MlpPolicy"
    masked = "action_mask" in info
    env.close()
    lines = [
        "## Training",
        "```python",
        "import gymnasium as gym, ige",
        *(["from sb3_contrib import MaskablePPO"] if masked else []),
        "from stable_baselines3 import PPO",
        "",
        f'env = gym.make("{entry.id}")',
        f'PPO("{policy}", env, n_steps=256).learn(256)  # enough to see it run',
        *([f'MaskablePPO("{policy}", env, n_steps=256).learn(256)  # chooses among legal actions'] if masked else []),
        "```",
        "",
        f'`ige.solvers.core.sb3.SB3VecEnv("{entry.id}", 64)` in the place of `env` steps 64 rows in one kernel.',
        "",
    ]
    return "\n".join(lines)


def make(entry: Entry, **arguments: Any) -> Any:
    """The environment, from the registry that holds it."""
    return pettingzoo.make("parallel", entry.id, **arguments) if entry.multi_agent else gym.make(entry.id, **arguments)


def of_agents(env: Any, what: str) -> list[tuple[str, Any]]:
    """A space, or the spaces of all agents, each behind whose it is."""
    space = getattr(env, what)
    return [(f"{agent}: ", space(agent)) for agent in env.possible_agents] if callable(space) else [("", space)]


def described(space: gym.Space[Any]) -> str:
    """A space on one line, as Gymnasium writes it, but characters are counted and bounds that differ are summarised."""
    match space:
        case gym.spaces.Dict():
            return f"Dict({', '.join(f'{name!r}: {described(part)}' for name, part in space.items())})"
        case gym.spaces.Text():
            return f"Text({space.min_length} to {space.max_length} characters)"
        case gym.spaces.MultiDiscrete() if space.nvec.size > 8:
            return f"MultiDiscrete({space.nvec.size} numbers of {bounds(space.nvec)} values)"
        case gym.spaces.Box() if len({*space.low.flat}) > 1 or len({*space.high.flat}) > 1:
            return f"Box({bounds(space.low)}, {bounds(space.high)}, {space.shape}, {space.dtype})"
    return repr(space)


def bounds(values: NDArray[Any]) -> str:
    """The one number that all are; or the few of a row, where all rows are alike; or from the least to the largest."""
    if values.min() == values.max():
        return f"{values.min():.6g}"
    row = values[(0,) * (values.ndim - 1)]
    if len(row) <= 8 and (values == row).all():
        return f"[{', '.join(f'{value:.6g}' for value in row)}]"
    return f"{values.min():.6g} to {values.max():.6g}"


# --- reference --------------------------------------------------------------------------------------------------------


class Hidden:
    """Stands for a default that has no short, stable text."""

    def __repr__(self) -> str:
        return "..."


def section(module: ModuleType, brief: bool) -> str:
    """What a module offers: its docstring and everything in its `__all__`, or all that it defines without one."""
    defined = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    names = getattr(module, "__all__", None) or [name for name in defined if name[0] != "_"]
    items = [item(name, getattr(module, name), brief) for name in names]
    return "\n".join([f"## `{module.__name__}`\n\n{markdown(module.__doc__ or '')}\n", *filter(None, items)])


def item(name: str, value: Any, brief: bool) -> str:
    """One public name: a class or function with its signature, docstring and documented methods; or a constant."""
    if isinstance(value, dict):
        return f"### `{name}`\n\nKeys: {', '.join(f'`{key}`' for key in value)}.\n"
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return f"### `{name} = {value!r}`\n" if isinstance(value, int | float | str) else ""
    doc = value.__doc__ or ""
    if doc.startswith(f"{name}("):
        doc = ""  # what a dataclass without a docstring says
    lines = [f"### `{name}{signature(value)}`", "", first_paragraph(doc) if brief else markdown(doc), ""]
    if inspect.isclass(value) and (listed := [f"- `{method}`: {text}" for method, text in methods(value)]):
        lines += ["**Methods**", "", *listed]
    return "\n".join(lines).rstrip() + "\n"


def methods(cls: type) -> Iterator[tuple[str, str]]:
    """The public methods and properties that a class itself documents."""
    for name, member in vars(cls).items():
        function = getattr(member, "__func__", member)
        text = first_paragraph(getattr(function, "__doc__", None) or "")
        if name[0] == "_" or not text:
            continue
        if isinstance(function, property):
            yield name, text
        elif inspect.isfunction(function):
            yield name + signature(function, bound=not isinstance(member, staticmethod)), text


def signature(value: Any, bound: bool = False) -> str:
    """Names and plain defaults of the parameters; nothing for a class without a constructor of its own."""
    if inspect.isclass(value) and not (inspect.isfunction(value.__init__) or inspect.isfunction(value.__new__)):
        return ""
    found = inspect.signature(value)
    parameters = list(found.parameters.values())[int(bound) :]
    if inspect.isclass(value) and all(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        return ""  # a protocol
    plain = [
        p.replace(annotation=p.empty, default=p.default if p.default is p.empty or stable(p.default) else Hidden())
        for p in parameters
    ]
    return str(found.replace(parameters=plain, return_annotation=found.empty))


def stable(default: Any) -> bool:
    """Whether a default has the same short text everywhere."""
    return default is None or isinstance(default, bool | int | float | str | tuple)


def first_paragraph(doc: str) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(inspect.cleandoc(doc).partition("\n\n")[0].split())


def markdown(doc: str) -> str:
    """A docstring whose `Args:`, `Attributes:`, `Returns:` and `Raises:` sections have become lists."""
    lines, listing = [], False
    for line in inspect.cleandoc(doc).splitlines():
        if re.fullmatch(r"(Args|Attributes|Returns|Raises):", line):
            lines += [f"**{line.removesuffix(':')}**", ""]
            listing = True
        elif listing and (match := re.fullmatch(r" {4}(\S.*?)(: .*)?", line)):
            names = ", ".join(f"`{name}`" for name in match[1].split(", ")) if match[2] else match[1]
            lines.append(f"- {names}{match[2] or ''}")
        elif listing and line.startswith(" " * 8):
            lines.append(f"  {line.strip()}")
        else:
            listing = listing and not line
            lines.append(line)
    return "\n".join(lines)


# --- writing and checking ---------------------------------------------------------------------------------------------


def differences(found: Path, expected: Path) -> list[str]:
    """The generated files that are missing, superfluous or different in `found`, below the folder."""
    names = {path.relative_to(expected) for path in expected.rglob("*") if path.is_file()}
    names |= {path.relative_to(found) for path in (found / "environments").glob("*") if path.is_file()}
    return sorted(name.as_posix() for name in names if content(found / name) != content(expected / name))


def content(path: Path) -> bytes | None:
    """A file as it should compare: a picture by its pixels, because compression differs between zlib's versions."""
    if not path.is_file():
        return None
    data = path.read_bytes()
    if path.suffix != ".png":
        return data.replace(b"\r\n", b"\n")
    try:
        return data[:33] + zlib.decompress(data[41:-16])  # `save_png` writes IHDR, one IDAT, IEND
    except zlib.error:
        return data


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the generated pages of this folder.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 if a page is out of date")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        build(fresh)
        changed = differences(HERE, fresh)
        for name in changed:
            if check:
                print(f"docs/{name}: found an outdated page, expected what `python docs/build.py` writes")
            elif (fresh / name).exists():
                (HERE / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(fresh / name, HERE / name)
            else:
                (HERE / name).unlink()
    if (HERE.parent / "README.md").exists():  # not in a copy of this folder alone
        for path, text in outside().items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                changed.append(path.name)
                if check:
                    print(f"{path.name}: found outdated verdicts, expected what `python docs/build.py` writes")
                else:
                    path.write_text(text, encoding="utf-8")
    return int(check and bool(changed))


if __name__ == "__main__":
    raise SystemExit(main())

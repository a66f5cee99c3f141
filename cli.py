"""The `ige` command: list, play, solve, train, bench, check, gui-export, reproduce.

A mistake in the arguments is one line on standard error and exit code 2; a law or claim that fails is exit code 1.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import gymnasium as gym
import pettingzoo
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer.core import TyperCommand

from .envs import registry
from .supervised import INTERRUPTED, say_interrupted, supervised

if TYPE_CHECKING:  # the commands import what they need, so `ige --help` is quick
    from .envs.core import TextInterface

app = typer.Typer(
    help="Fast environments for RL and agent research, and the algorithms that solve them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
console = Console()

Set = Annotated[
    list[str] | None, typer.Option("--set", help="An argument of gym.make, e.g. --set n=5 or just --n 5 (repeatable).")
]
Device = Annotated[str, typer.Option(help="Device of whatever needs torch: auto, cpu or cuda.")]
Instance = Annotated[
    str | None, typer.Option(help="The instance, as for reset(options={'instance': ...}): 4,9,10,13 or a file.")
]


class Mistake(ValueError):
    """A user's mistake: one line, exit code 2."""


class WithArguments(TyperCommand):
    """A command that takes the environment's arguments as options: `--level BossLevel` is `--set level=BossLevel`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {flag for parameter in self.get_params(ctx) for flag in (*parameter.opts, *parameter.secondary_opts)}
        return super().parse_args(ctx, list(_as_settings(args, own)))


def command() -> NoReturn:
    """The console script: `main`, which Ctrl-C can end at any time."""
    supervised(main)


def main() -> NoReturn:
    """Run the command: every expected error becomes one line and a code."""
    try:
        code = app(standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except ModuleNotFoundError as error:
        extras = {
            "torch": "solvers", "scipy": "solvers", "matplotlib": "solvers", "openai": "llm", "pygame": "render",
            "playwright": "browser",
        }  # fmt: skip
        extra = extras.get(error.name or "")
        code = _say(f"{error}" + (f': pip install "ige[{extra}]"' if extra else ""), 2)
    except BrokenPipeError:  # the reader of the output, such as `head`, has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + 13)  # as if ended by SIGPIPE
    except (ValueError, OSError, ImportError, gym.error.Error) as error:
        code = _say(str(error), 2)
    except Exception as error:
        from .solvers.foundation import ModelUnavailable

        if isinstance(error, ModelUnavailable):
            code = _say(str(error), 2)
        elif hasattr(error, "format_message"):  # the command line itself was wrong: typer's errors have no common name
            code = _say(error.format_message(), 2)
        else:
            raise
    if code == INTERRUPTED:  # typer too turns an interruption into this code
        say_interrupted()
    sys.exit(code or 0)


def _say(message: str, code: int) -> int:
    print(message if message.startswith("Usage") else f"ige: {' '.join(message.split())}", file=sys.stderr)
    return code


def _as_settings(words: list[str], own: set[str]) -> Iterator[str]:
    """The command line with every option that is not the command's `own` turned into `--set`."""
    left = iter(words)
    for word in left:
        flag, equals, value = word.partition("=")
        if not flag.startswith("--") or flag in own:
            yield word
            continue
        if not equals:
            value = next(left, "--")
        if value.startswith("--"):
            raise Mistake(f"{flag}: no option of this command; as an argument of the environment it needs a value")
        yield from ("--set", f"{flag[2:].replace('-', '_')}={value}")


def _arguments(pairs: list[str] | None) -> dict[str, Any]:
    """`name=value` pairs; a value is parsed as a Python literal where possible, else it is text."""
    arguments = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise Mistake(f"--set: {pair!r}, expected name=value")
        if name in ("id", "render_mode"):
            raise Mistake(f"--set: {name} is not an argument of the environment")
        arguments[name] = _value(value)
    return arguments


def _value(text: str) -> Any:
    """The Python literal that a text is, else the text itself."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _make(name: str, pairs: list[str] | None, **more: Any) -> gym.Env[Any, Any]:
    return _called(gym.make, _single(name), pairs, **more)


def _single(name: str) -> str:
    """The id of a single-agent environment."""
    identifier = registry.resolve(name)
    if registry.is_multi_agent(identifier):
        use = f'pettingzoo.make("parallel", "{identifier}")'
        raise Mistake(f"name: {name!r} has several agents, which only `ige check` takes; in Python: {use}")
    return identifier


def _called(make: Callable[..., Any], identifier: str, pairs: list[str] | None, **more: Any) -> Any:
    """Make an environment with the arguments; a `Mistake` for unknown ones."""
    try:
        return make(identifier, **_arguments(pairs), **more)
    except TypeError as error:
        unknown = re.search(r"unexpected keyword argument '(\w+)'", str(error))
        if unknown is None:
            raise Mistake(f"--set: {error}") from None
        names = ", ".join(name for name in _parameters(identifier) if name != "render_mode")
        raise Mistake(f"{unknown[1]}: {identifier} has no such argument, expected one of {names}") from None


def _parameters(identifier: str) -> list[str]:
    """The arguments that `gym.make` takes for an id."""
    creator: Any = registry.creator(identifier)
    return list(inspect.signature(creator).parameters)


@app.command("list")
def list_(
    what: Annotated[str | None, typer.Argument(help="environments, solvers, learners, models, papers.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List every environment, solver, learner, model and paper of the suite."""
    from .examples.papers import PAPERS
    from .solvers.registry import LEARNERS, MODELS, SOLVERS

    lists: dict[str, list[dict[str, Any]]] = {
        "environments": [{"id": entry.id, "summary": entry.summary} for entry in registry.TABLE],
        "solvers": list(map(asdict, SOLVERS)),
        "learners": list(map(asdict, LEARNERS)),
        "models": list(map(asdict, MODELS)),
        "papers": [{**asdict(paper), "summary": paper.title} for paper in PAPERS.values()],
    }
    if what is not None and what not in lists:
        raise Mistake(f"what: {what!r}, expected one of {', '.join(lists)}")
    if as_json:
        print(json.dumps(lists if what is None else lists[what], indent=1))
        return
    for kind in lists if what is None else [what]:
        table = Table(box=None, title=kind.capitalize(), title_justify="left", show_header=False)
        for row in lists[kind]:
            of = ", ".join(row["environments"]) if kind in ("solvers", "learners", "models") else ""
            table.add_row(row["id" if kind == "environments" else "name"], row["summary"], of)
        console.print(table)


@app.command(cls=WithArguments)
def play(
    name: Annotated[str, typer.Argument(help="An id or its short name, e.g. GameOf24.")],
    instance: Instance = None,
    settings: Set = None,
    seed: int | None = None,
    window: Annotated[bool, typer.Option("--window", help="Play in a window (needs a display).")] = False,
) -> None:
    """Play with text commands, or with keys in a window. Arguments of gym.make are options too: --level BossLevel."""
    from .envs.core import has_text, text_interface

    render_mode = "rgb_array" if window else None
    env = _make(name, settings, render_mode=render_mode)
    core: Any = env.unwrapped
    if not has_text(env):
        raise Mistake(f"name: {name!r} has no text commands to play with")
    if more := {k: v for k, v in text_interface(env).for_people.items() if k not in _arguments(settings)}:
        env = _make(name, settings, render_mode=render_mode, **more)
        core = env.unwrapped
    words = text_interface(env)
    options = {"instance": _value(instance)} if instance is not None else None
    env.reset(seed=seed, options=options)
    keys = _keys(words) if window else {}
    ask = _ask_window(env, words, keys) if window else _ask_terminal(env, words)
    usage = _usage(keys) if keys else "Commands: an action such as shown, 'undo', 'restart', 'new', 'quit'."
    print(words.rules(), f"\n{usage}\n", sep="\n")
    past: list[Any] = []
    root, said = core.get_state(), usage if keys else ""
    describe = words.brief if window else words.describe  # the picture shows the rest
    while (text := ask(f"{describe()}\n{said}".rstrip())) not in (None, "quit", "q", "exit"):
        said = ""
        if text == "restart":
            core.set_state(root)
            past = []
        elif text == "new":
            env.reset(options=options)
            root, past = core.get_state(), []
        elif text == "undo":
            core.set_state(past.pop() if past else root)
        elif text:
            state = core.get_state()
            try:
                env.step(words.command(words.typed(text)))
                past.append(state)
                said = words.feedback()
            except ValueError as error:
                said = str(error)
            except gym.error.ResetNeeded:
                said = "The episode has ended; go on with 'undo', 'restart' or 'new'."
    env.close()


def _keys(words: TextInterface) -> dict[str, str]:
    """The meaning of each key in a window: an action's words or a command. Empty if the environment names no keys."""
    keys = {key: words.action_text(action) for key, action in words.keys.items()}
    return {**keys, "backspace": "new", "r": "new", "u": "undo", "q": "quit", "escape": "quit"} if keys else {}


def _usage(keys: Mapping[str, str]) -> str:
    grouped: dict[str, list[str]] = {}
    for key, text in keys.items():
        grouped.setdefault(text, []).append(key)
    return "Keys: " + ", ".join(f"{text} ({', '.join(names)})" for text, names in grouped.items()) + "."


def _ask_terminal(env: gym.Env[Any, Any], words: TextInterface) -> Callable[[str], str | None]:
    """Ask with the line editor's history and tab completion of legal actions, where there is a line editor."""
    try:
        import readline
    except ImportError:  # Windows
        pass
    else:

        def complete(start: str, i: int) -> str | None:
            masks = env.get_wrapper_attr("action_masks")() if env.has_wrapper_attr("action_masks") else ()
            known = [words.action_text(a) for a in words.well_formed_actions() if not len(masks) or masks[a]]
            return ([text for text in known if text.startswith(start)] + [None])[i]

        readline.set_completer_delims("")
        readline.set_completer(complete)
        readline.parse_and_bind("tab: complete")

    def ask(text: str) -> str | None:
        print(text)
        try:
            return input("> ").strip()
        except EOFError:
            return None

    return ask


def _ask_window(env: gym.Env[Any, Any], words: TextInterface, keys: Mapping[str, str]) -> Callable[[str], str | None]:
    from .render.window import Window

    window = Window(str(env.spec.id if env.spec else env))

    def ask(text: str) -> str | None:
        frame: Any = env.render()
        typed = window.ask(frame, text, keys, words.pointed)
        return typed if typed is None else typed.strip()

    return ask


@app.command(cls=WithArguments)
def solve(
    name: Annotated[str, typer.Argument(help="An id or its short name, e.g. GameOf24.")],
    solver: Annotated[str | None, typer.Option(help="See `ige list`; each environment has a default.")] = None,
    model: Annotated[str | None, typer.Option(help="The model of a search, e.g. openai:MODEL; see `ige list`.")] = None,
    instance: Instance = None,
    settings: Set = None,
    seed: int = 0,
    budget: Annotated[int | None, typer.Option(min=1, help="Environment steps of a search (700).")] = None,
    device: Device = "auto",
    file: Annotated[
        Path | None, typer.Option(help="Combinatorial problems: an instance of TSPLIB or CVRPLIB, .json or .npz.")
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="Weights of the BQ policy, instead of the shipped ones.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Combinatorial problems: the solution as .png, its construction as .gif.")
    ] = None,
    folder: Annotated[Path | None, typer.Option("--from", help="Play with the policy trained in this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the solution as JSON.")] = False,
) -> None:
    """Solve an episode and show how. Exit code 1 if no solution is found."""
    from .solvers.core import check_device
    from .solvers.registry import find

    check_device(device)
    if folder is not None:
        outcome = _played(_single(name), folder, settings, seed, device, solver)
        print(json.dumps(outcome.as_dict()) if as_json else outcome)
        raise typer.Exit(0 if outcome.solved else 1)
    env = _make(name, settings)
    identifier = _single(name)
    found = find(identifier, solver)
    given = {
        "model": model, "instance": instance, "budget": budget, "file": file, "weights": weights, "plot": plot,
        "device": device if device != "auto" else None,
    }  # fmt: skip
    options = {option: value for option, value in given.items() if value is not None}
    if instance is not None:
        options["instance"] = _value(instance)
    for option, value in options.items():
        if option not in found.options and (option, value) != ("device", "cpu"):
            known = ", ".join(f"--{name}" for name in found.options) or "none"
            hint = f"; the environment's own is --set {option}={value}" if option in _parameters(identifier) else ""
            raise Mistake(f"--{option}: found {str(given[option])!r}, but solver {found.name} takes {known}{hint}")
    if file is not None and settings:
        raise Mistake(f"--set: found {settings[0]!r} beside --file, which says all about the instance")
    outcome = found.load()(env, solver, seed, **{k: v for k, v in options.items() if k in found.options})
    print(json.dumps(outcome.as_dict()) if as_json else outcome)
    if not outcome.solved:
        raise typer.Exit(1)


@app.command(cls=WithArguments)
def train(
    name: Annotated[str, typer.Argument(help="An id or its short name, e.g. GameOf24.")],
    output: Annotated[Path, typer.Option("--out", help="Folder for checkpoint and logs; training resumes there.")],
    solver: Annotated[str | None, typer.Option(help="See `ige list learners`; there is a default.")] = None,
    steps: Annotated[int, typer.Option(min=1, help="Total environment steps, including earlier runs.")] = 100_000,
    settings: Set = None,
    seed: int = 0,
    device: Device = "auto",
) -> None:
    """Train a policy; `ige solve ID --from DIR` plays with it. The same command resumes an interrupted run."""
    from .solvers.core import check_device, write_json
    from .solvers.core.trainer import CHECKPOINT
    from .solvers.core.trainer import train as run
    from .solvers.registry import find_learner

    check_device(device)
    identifier, arguments = _single(name), _arguments(settings)
    kind = find_learner(identifier, solver)
    _make(name, settings).close()
    asked = {"id": identifier, "solver": kind.name, "seed": seed, "arguments": arguments}
    if output.exists() and not output.is_dir():
        raise Mistake(f"--out: {output} is a file, expected a folder")
    made = _trained(output) if output.exists() and any(output.iterdir()) else None
    for field, value in asked.items():
        if made is not None and made[field] != json.loads(json.dumps(value)):
            found = f"{output} was trained with {field} {made[field]!r}"
            raise Mistake(f"--out: {found}, expected {value!r} or another folder")
    checkpoint = output / CHECKPOINT
    creator: Any = kind.load()
    if checkpoint.exists():
        learner = creator.load(checkpoint, device)
    else:
        learner = creator.create(kind.name, identifier, arguments, seed, device)
    write_json(output / TRAINED, asked)

    def work(progress: Any) -> None:
        progress("training", learner.num_timesteps, steps)
        run(learner, steps, output, progress=lambda done, facts: progress(_return(facts), done, steps))

    _track(work)
    print(f"{checkpoint}: {learner.num_timesteps:,} steps of {identifier} by {kind.name}")


TRAINED = "train.json"


def _return(facts: Mapping[str, float]) -> str:
    """What the progress bar shows for a point."""
    found = next((facts[key] for key in ("return", "student/return") if key in facts), None)
    return "training" if found is None else f"return {found:.3g}"


def _trained(folder: Path) -> dict[str, Any]:
    """The metadata of the training in a folder."""
    try:
        made: dict[str, Any] = json.loads((folder / TRAINED).read_text())
        return {field: made[field] for field in ("id", "solver", "seed", "arguments")}
    except (OSError, ValueError, KeyError, TypeError):
        raise Mistake(f"{folder}: expected a folder that `ige train` has made") from None


def _played(identifier: str, folder: Path, pairs: list[str] | None, seed: int, device: str, solver: str | None) -> Any:
    """An episode by the learner of a folder."""
    from .solvers.core.play import play as run
    from .solvers.core.trainer import CHECKPOINT
    from .solvers.registry import find_learner

    made = _trained(folder)
    for field, value in (("id", identifier), ("solver", solver)):
        if value is not None and made[field] != value:
            raise Mistake(f"--from: {folder} was trained with {field} {made[field]!r}, found {value!r}")
    creator: Any = find_learner(identifier, made["solver"]).load()
    learner = creator.load(folder / CHECKPOINT, device)
    given = _arguments(pairs)
    env = _called(gym.make, identifier, pairs, **{k: v for k, v in made["arguments"].items() if k not in given})
    return run(env, learner, seed)


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Ids; by default all ids of the suite.")] = None,
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each measurement.")] = 1.0,
    output: Annotated[Path | None, typer.Option("--json", help="Also write the report to this file.")] = None,
) -> None:
    """Measure steps per second, compile times, and peers for comparison."""
    identifiers = [_single(name) for name in names or registry.ids()]
    from .benchmarks import bench as run
    from .solvers.core.files import write_json

    report = run(identifiers, seconds)
    report.print(console)
    if output:
        write_json(output, report.as_dict())


@app.command(cls=WithArguments)
def check(
    name: Annotated[str, typer.Argument(help="Any id, also one that is not ours, e.g. CartPole-v1.")],
    settings: Set = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check an environment against the laws: same, within, seeded, solvable. Exit code 1 if one fails."""
    from .envs.testing import check as run

    identifier = registry.resolve(name)
    make = partial(pettingzoo.make, "parallel") if registry.is_multi_agent(identifier) else gym.make
    _called(make, identifier, settings).close()
    report = run(identifier, **_arguments(settings))
    if as_json:
        print(json.dumps(report.as_dict(), indent=1))
    else:
        table = Table("law", "part", "result", "detail")
        colours = {"holds": "green", "not applicable": "dim"}
        for finding in report.findings:
            colour = colours.get(finding.verdict, "bold red")
            table.add_row(finding.law, finding.part, f"[{colour}]{finding.verdict}[/]", escape(finding.detail))
        console.print(table)
    if not report.holds:
        raise typer.Exit(1)


@app.command("gui-export", cls=WithArguments)
def gui_export(
    name: Annotated[str, typer.Argument(help="GUIWidget, GUIApp or GUIPhone.")],
    output: Annotated[Path, typer.Argument(help="The HTML file to write.")],
    settings: Set = None,
    seed: int = 0,
) -> None:
    """Write an episode as one HTML file that any browser plays: --task login picks a task."""
    env = _make(name, settings)
    core: Any = env.unwrapped
    from .envs.gui.env import Screens

    if not isinstance(core, Screens):
        raise Mistake(f"name: {name!r} has no screens, expected GUIWidget, GUIApp or GUIPhone")
    from .envs.gui.export import write

    env.reset(seed=seed)
    write(core, output)
    print(f"{output}: {core.goal}")


@app.command()
def reproduce(
    paper: Annotated[str | None, typer.Argument(help="See --list, e.g. game-of-24.")] = None,
    scale: Annotated[str, typer.Option(help="smoke (seconds), cpu (minutes) or gpu.")] = "smoke",
    first_seed: Annotated[int | None, typer.Option(help="Repeat the paper on seeds from this one on.")] = None,
    seeds: Annotated[int | None, typer.Option(help="How many seeds; without it as many as the scale has.")] = None,
    puzzles: Annotated[Path | None, typer.Option(help="Game of 24: play the puzzles of this file instead.")] = None,
    runs: Annotated[Path, typer.Option(help="Where results go.")] = Path("runs"),
    device: Device = "auto",
    everything: Annotated[bool, typer.Option("--all", help="BQ-NCO: the ablations C4 and C5 too.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Show the papers and their published verdicts.")] = False,
) -> None:
    """Measure a paper's claims: a table, a JSON file and a figure. Resumes if it was interrupted."""
    from .envs.core.check import integer
    from .examples.papers import PAPERS

    if show:
        _list_papers()
        return
    if paper not in PAPERS:
        found = "none was given" if paper is None else f"{paper!r} is unknown"
        raise Mistake(f"paper: {found}, expected one of {', '.join(PAPERS)}")
    from .examples.papers._run import Run

    for name, value, least in (("--first-seed", first_seed, 0), ("--seeds", seeds, 1)):
        if value is not None:
            integer(name, value, least, 2**31 - 1)
    run = Run(PAPERS[paper], scale, runs, device, first_seed, seeds, puzzles, everything, _track)
    module = PAPERS[paper].load()
    run.chosen(module.SCALES)
    try:  # before hours of work
        (runs / paper).mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=runs / paper).close()
    except OSError as error:
        raise Mistake(f"--runs: {runs / paper}: {error.strerror}, expected a folder to write to") from None
    module.reproduce(run)


def _list_papers() -> None:
    from .examples.papers import PAPERS
    from .examples.papers._published import published

    table = Table("paper", "title", "authors", "arXiv", "published verdict", "date", title="Papers")
    for paper in PAPERS.values():
        known = published().get(paper.name, {})
        verdict = f"{known['verdict']} (scale {known['scale']})" if known else ""
        table.add_row(paper.name, paper.title, f"{paper.authors} {paper.year}", paper.arxiv, verdict,
                      known.get("date", ""))  # fmt: skip
    console.print(table)


def _track(work: Any) -> Any:
    """Run `work(progress)` under a progress bar; `progress(what, done, total)` moves it."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting", total=None)
        return work(lambda what, done, total: bar.update(task, description=what, completed=done, total=total))


if __name__ == "__main__":
    command()

"""TextWorld: `ige/TextWorld-v0`."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..core import Kernel, KernelEnv, KernelVectorEnv
from ..core.check import integer
from . import kernel, kernel_text, kernel_tokens, picture, tables
from .game import Game
from .generate import generate
from .grammar import Fact
from .ground import Grounded
from .text import Texts

MAX_LENGTH = 8192  # characters of an observation
_COOKING = {"burned", "fried", "roasted", "grilled", "cooked"}
_ENDS = ("", "\n\n*** You have won. ***", "\n\n*** You have lost. ***")  # by `kernel_text`'s WON and LOST
_PLACES = 4096  # of which the text is kept
OBS_MODES = ("text", "symbolic", "tokens")
INFOS = ("admissible_commands", "description", "inventory", "facts", "objective", "location", "last_command")

MOST_GAMES = 10_000  # that are generated for a pool


class TextWorld(KernelEnv[Any]):
    """A text adventure: go, open, take, cook, and read what comes of it.

    ## Description
    Microsoft's TextWorld: rooms with doors, containers, supporters, keys, food. Games are drawn from four challenges
    (`coin_collector`, `treasure_hunter`, `cooking`, `simple`) or loaded from the JSON files that TextWorld writes,
    with whatever rules they bring; a file whose rules cannot be represented is refused. Each episode plays one of a
    pool of games, drawn at random.

    ## Action Space
    `Discrete(13)` by default: the commands that can ever be admissible in a game, sorted, as many as the pool's
    largest game has. `step` also takes the words ("open fridge"); `commands()` lists them. A command that is not
    admissible, or that the game does not know, changes nothing and costs a step, but is not a move.

    ## Observation Space
    - `obs_mode="text"` (default): `Text`. What came of the last command, the room, what is carried.
    - `"symbolic"`: `Dict`. `facts`, int8 (64 w,): 1 for each changing fact that holds and is seen (`facts_by_index()`
      names them); `room`: index; `game`: index in the pool.
    - `"tokens"`: `Dict`. `tokens`, int32 (512,) and `goal`, int32 (128,): numbers of words, see `vocabulary`; 0 after
      the last.

    ## Rewards
    The points that the command earned: 1 for each quest, or what the game's file says.

    ## Starting State
    The game's own. `options["instance"]` plays a given `Game`, path or JSON text, no larger than the pool's games.

    ## Episode End
    Termination: all quests are completed (`won`) or one has failed (`lost`). Truncation: after `max_steps` steps.

    ## Information
    - `score`: points earned so far.
    - `max_score`: all that can be earned.
    - `moves`: commands carried out.
    - `won`: all quests are completed.
    - `lost`: a quest has failed.
    - `is_success`: the same as `won`, by the name that other libraries read.
    - `illegal`: whether the last command was not admissible.
    - `action_mask`: int8 (n,), 1 for each admissible command.
    - `admissible_commands`: sorted, in text mode; and what else `infos` names.

    ## Arguments
    `gym.make("ige/TextWorld-v0", challenge="treasure_hunter", game=None, games=8, game_seed=0, obs_mode="text",
    max_steps=None, infos=None, render_mode=None, **settings)`
    - `challenge`: `"treasure_hunter"`, `"coin_collector"`, `"cooking"` or `"simple"`.
    - `game`: play this instead: a path, a `Game`, or several.
    - `games`: how many games are generated; each episode plays one of them.
    - `game_seed`: of the generator.
    - `obs_mode`: `"text"`, `"symbolic"` or `"tokens"`, see above.
    - `max_steps`: step limit; None is twice the longest known walkthrough, at least 50.
    - `infos`: what `info` holds besides, by the names of TextWorld's `EnvInfos`: `admissible_commands`, `description`,
      `inventory`, `facts`, `objective`, `location`, `last_command`; None is `admissible_commands` in text mode.
    - `render_mode`: `"ansi"` or `"rgb_array"` (a map of the rooms visited).
    - `settings`: the generator's: `level` (coin collector 1 to 300, treasure hunter 1 to 30); `recipe`, `take`, `go`,
      `open`, `cook`, `cut`, `drop`, `split` (cooking); `rewards`, `goal` (simple). See `ige.envs.textworld.generate`.

    ## Oracle
    `ige.envs.textworld.oracle`: the walkthrough, or a search over the true state.

    ## References
    - Côté et al. 2018, TextWorld: A Learning Environment for Text-based Games, arXiv 1806.11532.

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    option_names: ClassVar[tuple[str, ...]] = ("instance",)

    def __init__(
        self,
        challenge: str = "treasure_hunter",
        game: str | Path | Game | Sequence[str | Path | Game] | None = None,
        games: int = 8,
        game_seed: int = 0,
        obs_mode: str = "text",
        max_steps: int | None = None,
        infos: Iterable[str] | None = None,
        render_mode: str | None = None,
        **settings: Any,
    ) -> None:
        if obs_mode not in OBS_MODES:
            raise ValueError(f"obs_mode: {obs_mode!r}, expected one of {', '.join(map_repr(OBS_MODES))}")
        if infos is None:
            infos = ("admissible_commands",) if obs_mode == "text" else ()
        self.infos = (infos,) if isinstance(infos, str) else tuple(infos)
        for name in self.infos:
            if name not in INFOS:
                raise ValueError(f"infos: {name!r}, expected some of {', '.join(map_repr(INFOS))}")
        if game is None:
            rng = np.random.default_rng(integer("game_seed", game_seed, 0))
            pool = [generate(challenge, rng, **settings) for _ in range(integer("games", games, 1, MOST_GAMES))]
        elif settings:
            raise ValueError(f"{next(iter(settings))}: a setting of generated games, but game= was given")
        else:
            pool = [loaded(g) for g in (game if isinstance(game, (list, tuple)) else [game])]
            if not pool:
                raise ValueError("game: found an empty list, expected at least one game")
        self.pool = [Grounded(g) for g in pool]
        self.obs_mode = obs_mode
        words = tables.n_words(self.pool)
        self._n_pool = len(self.pool)
        n = max(len(g.commands) for g in self.pool)
        if max_steps is None:
            max_steps = max(50, *(2 * len(g.walkthrough) for g in pool))
        modules = {"text": kernel_text, "symbolic": kernel, "tokens": kernel_tokens}
        super().__init__(
            Kernel(
                modules[obs_mode].__name__,
                kernel.record(words),
                modules[obs_mode].observation(words),
                key=("game", "room", "facts", "free", "used", "completed", "failed", "score"),
                info=("score", "max_score", "moves", "won", "lost", "is_success", "illegal"),
                n_masked=n,
            ),
            kernel.Params(integer("max_steps", max_steps, 1), 0, self._n_pool, self._table()),
            self._observation_space(words),
            spaces.Discrete(n),
            render_mode,
        )

    # --- the pool -----------------------------------------------------------------------------------------------------

    @cached_property
    def vocabulary(self) -> list[str]:
        """The words of tokens; token k is word k, and 0 is none."""
        found = {word for g in self.pool[: self._n_pool] for phrase in self._phrases(g) for word in phrase}
        return ["", *sorted(found)]

    def _phrases(self, grounded: Grounded) -> list[list[str]]:
        texts = Texts(grounded.game)
        told = [texts.readable(fact) for fact in grounded.facts]
        return [_WORD.findall(text.lower()) for text in (*told, grounded.game.objective)]

    def _table(self) -> NDArray[np.int32]:
        if self.obs_mode != "tokens":
            return tables.build(self.pool)
        number = {word: i for i, word in enumerate(self.vocabulary)}
        return tables.build(
            self.pool, [[[number.get(w, 0) for w in phrase] for phrase in self._phrases(g)] for g in self.pool]
        )

    def _observation_space(self, words: int) -> spaces.Space[Any]:
        if self.obs_mode == "text":
            return spaces.Text(MAX_LENGTH, min_length=0, charset=CHARSET)
        if self.obs_mode == "tokens":
            top = len(self.vocabulary) - 1
            return spaces.Dict(
                {
                    "tokens": spaces.Box(0, top, (kernel_tokens.LENGTH,), np.int32),
                    "goal": spaces.Box(0, top, (kernel_tokens.GOAL,), np.int32),
                }
            )
        return spaces.Dict(
            {
                "facts": spaces.MultiBinary(64 * words),
                "room": spaces.Discrete(max(len(g.rooms) for g in self.pool)),
                "game": spaces.Discrete(len(self.pool)),
            }
        )

    def instance_params(self, options: dict[str, Any] | None) -> Any:
        super().instance_params(options)
        given = (options or {}).get("instance")
        if given is None:
            return self.params
        game = loaded(given, "options: instance")
        known = [g.game for g in self.pool]
        if game not in known:
            grounded = Grounded(game)
            for what, size, room in (
                ("commands", len(grounded.commands), self.kernel.n_masked),
                ("changing facts", len(grounded.facts), 64 * self._state["facts"].shape[1]),
            ):
                if size > room:
                    raise ValueError(
                        f"options: instance: {size} {what}, expected at most {room}, as in the games it was made with"
                    )
            self.pool.append(grounded)
            self.params = self.params._replace(table=self._table())
            self._prepare()
            known.append(game)
        return self.params._replace(first=known.index(game), games=1)

    def _prepare(self) -> None:
        super()._prepare()
        self._texts_of: dict[int, Texts] = {}
        self._number: dict[int, dict[str, int]] = {}
        self._layouts: dict[int, dict[str, tuple[int, int]]] = {}
        self._places: dict[tuple[int, bytes], tuple[frozenset[Fact], str]] = {}

    def __getstate__(self) -> dict[str, Any]:
        derived = ("_texts_of", "_number", "_layouts", "_places")
        return {k: v for k, v in super().__getstate__().items() if k not in derived}

    # --- the current game ---------------------------------------------------------------------------------------------

    @property
    def grounded(self) -> Grounded:
        """The current episode's game in integers."""
        return self.pool[int(self._state["game"][0])]

    @property
    def game(self) -> Game:
        """The current episode's game."""
        return self.grounded.game

    def commands(self) -> list[str]:
        """The current game's commands: action i is the i-th."""
        return list(self.grounded.commands)

    def admissible_commands(self) -> list[str]:
        """Those that would be carried out now, sorted."""
        return self.told("admissible_commands", self._state[0], self._mask[0])

    def current_facts(self) -> frozenset[Fact]:
        """All facts that hold now, seen or not; slots left out."""
        return self._facts(self._state[0])

    def _facts(self, row: np.void) -> frozenset[Fact]:
        return self.pool[row["game"]].true(_held(row["facts"]))

    def facts_by_index(self) -> list[Fact]:
        """The current game's changing facts, in the order of the symbolic observation."""
        return list(self.grounded.facts)

    def texts(self, game: int | None = None) -> Texts:
        """The writer of a game's texts (by its place in the pool; the current game's by default)."""
        at = int(self._state["game"][0]) if game is None else game
        if at not in self._texts_of:
            self._texts_of[at] = Texts(self.pool[at].game)
        return self._texts_of[at]

    # --- playing ------------------------------------------------------------------------------------------------------

    def step(self, action: int | str) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Give a command, by index or in words; words that the game does not know change nothing."""
        return super().step(self.parse_action(action) if isinstance(action, str) else action)

    def parse_action(self, text: str) -> int:
        """The index of a command; -1 for words that are none of the game's."""
        at = int(self._state["game"][0])
        if at not in self._number:
            self._number[at] = {command: i for i, command in enumerate(self.pool[at].commands)}
        return self._number[at].get(" ".join(text.split()).lower(), self._number[at].get(" ".join(text.split()), -1))

    def _checked(self, action: Any) -> Any:
        return action if isinstance(action, int) and action == -1 else super()._checked(action)

    def well_formed_actions(self) -> list[Any]:
        return [] if self._over[0] else list(range(len(self.grounded.commands)))

    def action_text(self, action: Any) -> str:
        commands = self.grounded.commands
        return commands[int(action)] if 0 <= int(action) < len(commands) else "(nothing)"

    def written(self, name: str, codes: NDArray[Any]) -> list[str]:
        return [self._written(row) for row in codes]

    def _written(self, codes: NDArray[np.uint64]) -> str:
        game, last, outcome, end = codes[: kernel_text.FACTS].tolist()
        place = game, codes[kernel_text.FACTS :].tobytes()
        if place not in self._places:
            texts, facts = self.texts(game), self.pool[game].true(_held(codes[kernel_text.FACTS :]))
            if len(self._places) >= _PLACES:
                self._places.clear()
            self._places[place] = facts, f"{texts.description(facts)}\n\n{texts.inventory(facts)}"
        facts, scene = self._places[place]
        said = f"{self._feedback(game, last - 1, outcome, facts)}{_ENDS[end]}".strip()
        return (f"{said}\n\n{scene}" if said else scene)[:MAX_LENGTH]

    def _info(self) -> dict[str, Any]:
        return super()._info() | {name: self.told(name, self._state[0], self._mask[0]) for name in self.infos}

    def told(self, name: str, row: np.void, mask: NDArray[np.int8]) -> Any:
        """One of `infos` for a state and its mask."""
        grounded, texts = self.pool[row["game"]], self.texts(int(row["game"]))
        match name:
            case "admissible_commands":
                return [grounded.commands[i] for i in np.flatnonzero(mask).tolist()]
            case "description":
                return texts.description(self._facts(row))
            case "inventory":
                return texts.inventory(self._facts(row))
            case "facts":
                return sorted(self._facts(row))
            case "objective":
                return grounded.game.objective
            case "location":
                return grounded.game.name(grounded.rooms[row["room"]])
        return grounded.commands[row["last"]] if row["last"] >= 0 else ""  # last_command

    # --- faces --------------------------------------------------------------------------------------------------------

    def rules(self) -> str:
        return (
            "You play a text adventure. Each turn, give one command such as 'go north', 'open fridge', "
            "'take key from chest', 'unlock door with key', 'inventory' or 'look'. " + self.game.objective
        )

    def feedback(self) -> str:
        """What came of the last command."""
        row = self._state[0]
        said = self._feedback(int(row["game"]), int(row["last"]), int(row["outcome"]), self.current_facts())
        return f"{said}{_ENDS[2 if row['lost'] else int(row['won'])]}".strip()

    def _feedback(self, game: int, last: int, outcome: int, facts: frozenset[Fact]) -> str:
        grounded = self.pool[game]
        command = grounded.commands[last] if 0 <= last < len(grounded.commands) else ""
        match outcome:
            case kernel.NOTHING:
                return grounded.game.objective
            case kernel.DONE:
                before = facts
                if command.startswith("cook "):  # the only answer that tells of what was not so before
                    before = frozenset(f for f in facts if f[0] not in _COOKING)
                return self.texts(game).feedback(before, facts, command, "")
            case kernel.REFUSED:
                return self.texts(game).feedback(facts, facts, command, "")
        return self.texts(game).refusal(command) if command else "I don't understand that."

    def describe(self) -> str:
        facts = self.current_facts()
        return f"{self.texts().description(facts)}\n\n{self.texts().inventory(facts)}"

    def visited(self) -> set[str]:
        """The rooms that the player has been in."""
        return {self.grounded.rooms[i] for i in _held(self._state["visited"][0])}

    def map_text(self) -> str:
        """The rooms visited and those next to them, as lines of text."""
        return picture.write_map(self.game, self.current_facts(), self.visited(), self._layout())

    def frame(self) -> NDArray[np.uint8]:
        return picture.draw_map(self.game, self.current_facts(), self.visited(), self._layout())

    def _layout(self) -> dict[str, tuple[int, int]]:
        at = int(self._state["game"][0])
        if at not in self._layouts:
            self._layouts[at] = picture.layout(self.game)
        return self._layouts[at]


class TextWorldVector(KernelVectorEnv):
    """Many games at once; see `TextWorld`."""

    env_class = TextWorld
    single: TextWorld

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """As `KernelVectorEnv`; a given instance joins the pool."""
        result = super().reset(seed=seed, options=options)
        self.params = self.params._replace(table=self.single.params.table)
        return result

    def _infos(
        self,
        state: NDArray[Any],
        mask: NDArray[np.int8],
        chosen: NDArray[np.bool_],
        ended: NDArray[np.bool_] | None = None,
    ) -> dict[str, Any]:
        infos = super()._infos(state, mask, chosen, ended)
        for name in self.single.infos:
            values = np.full(self.num_envs, None, object)
            for i in np.flatnonzero(chosen).tolist():
                values[i] = self.single.told(name, state[i], mask[i])
            infos |= {name: values, f"_{name}": chosen.copy()}
        return infos


CHARSET = "".join(sorted({*string.printable, *(chr(i) for i in range(0xA0, 0x180)), *"‘’“”–—…"}))
_WORD = re.compile(r"[\w'’-]+|[.,!?]")


def map_repr(names: Iterable[str]) -> list[str]:
    return [repr(name) for name in names]


def _held(words: NDArray[np.uint64]) -> list[int]:
    """Indices of the bits that are set."""
    return np.flatnonzero(np.unpackbits(words.view(np.uint8), bitorder="little")).tolist()


def loaded(game: Any, field: str = "game") -> Game:
    """A game given as such, as a path, or as a JSON text."""
    if isinstance(game, Game):
        return game
    if isinstance(game, str) and game.lstrip().startswith("{"):
        try:
            return Game.from_json(game)
        except ValueError as error:
            raise ValueError(f"{field}: {error}") from None
    if isinstance(game, (str, Path)):
        return Game.load(game)
    raise ValueError(f"{field}: found {type(game).__name__}, expected a Game, a path or a JSON text")

"""TextWorld: `ige/TextWorld-v0`."""

from __future__ import annotations

import math
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
from ..core.text import ParseError
from . import kernel, kernel_text, kernel_tokens, picture, tables
from .game import Game
from .generate import generate
from .grammar import Fact
from .ground import Grounded
from .text import Texts, spoken

MAX_LENGTH = 8192  # maximum characters of an observation
_COOKING = {"burned", "fried", "roasted", "grilled", "cooked"}
_ENDS = ("", "\n\n*** You have won. ***", "\n\n*** You have lost. ***")  # indexed by `kernel_text`'s WON and LOST
_PLACES = 4096  # states whose text is cached
OBS_MODES = ("text", "symbolic", "tokens")
REPLACED = "state: found a snapshot of a game that was given and is not here any more; reset to that game again first"
INFOS = ("admissible_commands", "description", "inventory", "facts", "objective", "location", "last_command")

MOST_GAMES = 10_000  # maximum generated for a pool


class TextWorld(KernelEnv[Any]):
    """A text adventure: go, open, take, cook, and read what happens.

    ## Description
    Microsoft's TextWorld: rooms with doors, containers, supporters, keys, food. Games are drawn from four challenges
    (`coin_collector`, `treasure_hunter`, `cooking`, `simple`) or loaded from the JSON files that TextWorld writes,
    with their own rules; a file whose rules cannot be represented is refused. Each episode plays one game drawn at
    random from a pool.

    ## Action Space
    `Discrete(13)` by default: the commands that can ever be admissible in a game, sorted; there are as many as in the
    pool's largest game. `step` also accepts the words ("open fridge"); `commands()` lists them. A command that is not
    admissible, or that the game does not know, changes nothing and costs a step, but is not a move.

    ## Observation Space
    - `obs_mode="text"` (default): `Text`. The result of the last command, the room, and what is carried.
    - `"symbolic"`: `Dict`. `facts`, int8 (64 w,): 1 for each changing fact that holds and is visible
      (`facts_by_index()` names them); `room`: index; `game`: index in the pool, or one past its end for a game given at
      reset.
    - `"tokens"`: `Dict`. `tokens`, int32 (512,) and `goal`, int32 (128,): numbers of words, see `vocabulary`; 0 after
      the last, and for a word that occurs only in a given game.

    ## Rewards
    The points that the command earned: 1 for each quest, or what the game's file says.

    ## Starting State
    The game's own. `options["instance"]` plays a given `Game`, path or JSON text, no larger than the pool's games. A
    game from outside the pool occupies one extra slot until the next such game replaces it; from then on, snapshots of
    the replaced game are refused.

    ## Episode End
    Termination: all quests are completed (`won`) or one has failed (`lost`). Truncation: after `max_steps` steps.

    ## Information
    - `score`: points earned so far.
    - `max_score`: the points that can be earned; infinite if a quest pays again and again.
    - `moves`: commands carried out.
    - `won`: all quests are completed.
    - `lost`: a quest has failed.
    - `is_success`: the same as `won`, under the name that other libraries read.
    - `illegal`: whether the last command was not admissible.
    - `action_mask`: int8 (n,), 1 for each admissible command.
    - `admissible_commands`: sorted, in text mode; and the other keys that `infos` names.

    ## Arguments
    `gym.make("ige/TextWorld-v0", challenge="treasure_hunter", game=None, games=8, game_seed=0, obs_mode="text",
    max_steps=None, infos=None, render_mode=None, **settings)`
    - `challenge`: `"treasure_hunter"`, `"coin_collector"`, `"cooking"` or `"simple"`.
    - `game`: what to play instead: a path, a `Game`, or several.
    - `games`: the number of generated games, at most 10,000; each episode plays one of them.
    - `game_seed`: the generator's seed.
    - `obs_mode`: `"text"`, `"symbolic"` or `"tokens"`, see above.
    - `max_steps`: step limit; None for twice the longest known walkthrough, at least 50.
    - `infos`: further keys of `info`, named as in TextWorld's `EnvInfos`: `admissible_commands`, `description`,
      `inventory`, `facts`, `objective`, `location`, `last_command`; None for `admissible_commands` in text mode.
    - `render_mode`: `"ansi"` or `"rgb_array"` (a map of the rooms visited).
    - `settings`: the generator's: `level` (coin collector 1 to 300, treasure hunter 1 to 30); `recipe`, `take`, `go`,
      `open`, `cook`, `cut`, `drop`, `split` (cooking); `rewards`, `goal` (simple). See `ige.envs.textworld.generate`.

    ## Training
    Language models read the text. Other learners need numbers: `obs_mode="symbolic"` or `"tokens"`.

    ```python
    import gymnasium as gym, ige
    from sb3_contrib import MaskablePPO
    from stable_baselines3 import PPO

    env = gym.make("ige/TextWorld-v0", obs_mode="symbolic")
    PPO("MultiInputPolicy", env, n_steps=256).learn(256)  # enough to see it run
    MaskablePPO("MultiInputPolicy", env, n_steps=256).learn(256)  # chooses among admissible commands only
    ```

    ## Oracle
    `ige.envs.textworld.oracle`: the walkthrough, or a search over the true state.

    ## References
    - Côté et al. 2018, TextWorld: A Learning Environment for Text-based Games, arXiv 1806.11532.

    ## Version History
    - v0: initial version.
    """

    takes_any_words: ClassVar[bool] = True
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
        self.infos = (infos,) if isinstance(infos, str) or not isinstance(infos, Iterable) else tuple(infos)
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
        self._asked: tuple[Grounded, NDArray[np.int32]] | None = None  # the next episode's game, if not of the pool
        self.obs_mode = obs_mode
        self._table = self._pool_table()
        self._hold(self.pool)
        words = tables.n_words(self.pool)
        n = max(len(g.commands) for g in self.pool)
        if max_steps is None:
            max_steps = max(50, *(2 * len(g.walkthrough) for g in pool))
        modules = {"text": kernel_text, "symbolic": kernel, "tokens": kernel_tokens}
        super().__init__(
            Kernel(
                kernel.__name__,
                kernel.record(words),
                modules[obs_mode].observation(words),
                key=("game", "room", "facts", "free", "used", "completed", "failed", "score"),
                info=("score", "max_score", "moves", "won", "lost", "is_success", "illegal"),
                n_masked=n,
                observe=f"{modules[obs_mode].__name__}:observe",
            ),
            kernel.Params(integer("max_steps", max_steps, 1), 0, len(pool), self._table),
            self._observation_space(words),
            spaces.Discrete(n),
            render_mode,
        )

    # --- the pool -----------------------------------------------------------------------------------------------------

    def _hold(self, games: list[Grounded]) -> None:
        """Store all games that a state may belong to: the pool, and the game that was given last."""
        self.games = games
        self.given = np.uint64(games[-1].game.digest if len(games) > len(self.pool) else 0)
        self._index_of = {g.game.digest: i for i, g in reversed(list(enumerate(games)))}
        self.is_endless = any(g.game.max_score == math.inf for g in games)  # then points are floats

    @cached_property
    def vocabulary(self) -> list[str]:
        """The words of tokens; token k is word k, and 0 means none."""
        found = {word for g in self.pool for phrase in _phrases(g) for word in phrase}
        return ["", *sorted(found)]

    @cached_property
    def _word_numbers(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.vocabulary)}

    def _numbered(self, grounded: Grounded) -> list[list[int]] | None:
        """A game's phrases as token numbers, if the observation has tokens."""
        if self.obs_mode != "tokens":
            return None
        return [[self._word_numbers.get(word, 0) for word in phrase] for phrase in _phrases(grounded)]

    def _pool_table(self) -> NDArray[np.int32]:
        phrases = [words for g in self.pool if (words := self._numbered(g)) is not None]
        return tables.build(self.pool, phrases or None)

    def _observation_space(self, words: int) -> spaces.Space[Any]:
        if self.obs_mode == "text":
            letters = CHARSET.union(*(g.game.letters for g in self.pool))
            return spaces.Text(MAX_LENGTH, min_length=0, charset="".join(sorted(letters)))
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
                "game": spaces.Discrete(len(self.pool) + 1),
            }
        )

    def instance_params(self, options: dict[str, Any] | None) -> Any:
        super().instance_params(options)
        self._asked = None
        if not options or options.get("instance") is None:
            return self.params
        game = loaded(options["instance"], "options: instance")
        if game.digest in self._index_of:
            return self.params._replace(first=self._index_of[game.digest], games=1)
        grounded = Grounded(game)
        self._must_fit(grounded)
        table = tables.seated(self._table, len(self.pool), grounded, self._numbered(grounded))
        self._asked = grounded, table
        return self.params._replace(first=len(self.pool), games=1, table=table)

    def _must_fit(self, grounded: Grounded) -> None:
        """Raise `ValueError` for a game that does not fit into the records or the observations."""
        sizes = [
            ("commands", len(grounded.commands), self.kernel.n_masked),
            ("changing facts", len(grounded.facts), 64 * self._state["facts"].shape[1]),
        ]
        space: Any = self.observation_space
        if self.obs_mode == "symbolic":
            sizes.append(("rooms", len(grounded.rooms), int(space["room"].n)))
        for what, size, room in sizes:
            if size > room:
                raise ValueError(
                    f"options: instance: {size} {what}, expected at most {room}, as in the games it was made with"
                )
        if self.obs_mode == "text" and (strange := grounded.game.letters - space.character_set):
            raise ValueError(
                f"options: instance: found the letter {min(strange)!r}, expected letters of the games it was made with"
            )

    @property
    def is_asked(self) -> bool:
        """Whether the game last given to `instance_params` needs the slot after the pool."""
        return self._asked is not None

    def seat(self) -> None:
        """Put the game last given to `instance_params` into the slot after the pool, if it needs it."""
        if self._asked is not None:
            given, table = self._asked
            self._asked = None
            self._hold([*self.pool, given])
            self.params = self.params._replace(table=table)
            self._prepare()

    def _begin(self, seed: int | None, params: Any) -> None:
        self.seat()  # not earlier: if the reset is refused, the slot must keep its game
        super()._begin(seed, params)

    def check_state(self, state: Any, shape: tuple[int, ...] = ()) -> None:
        super().check_state(state, shape)
        was_given = state["game"] == len(self.pool)
        if was_given.any() and (was_given & (state["digest"] != self.given)).any():
            raise ValueError(REPLACED)

    def _prepare(self) -> None:
        super()._prepare()
        self._texts_of: dict[int, Texts] = {}
        self._number: dict[int, dict[str, list[int]]] = {}
        self._layouts: dict[int, dict[str, tuple[int, int]]] = {}
        self._places: dict[tuple[int, bytes], tuple[frozenset[Fact], str]] = {}

    def __getstate__(self) -> dict[str, Any]:
        derived = ("_texts_of", "_number", "_layouts", "_places")
        return {k: v for k, v in super().__getstate__().items() if k not in derived}

    # --- the current game ---------------------------------------------------------------------------------------------

    @property
    def grounded(self) -> Grounded:
        """The current episode's game in integers."""
        return self.games[int(self._state["game"][0])]

    @property
    def game(self) -> Game:
        """The current episode's game."""
        return self.grounded.game

    def commands(self) -> list[str]:
        """The current game's commands: action i is the i-th."""
        return list(self.grounded.commands)

    def admissible_commands(self) -> list[str]:
        """The commands that would be carried out now, sorted."""
        return self.told("admissible_commands", self._state[0], self._mask[0])

    def current_facts(self) -> frozenset[Fact]:
        """All facts that hold now, visible or not, without slots."""
        return self._facts(self._state[0])

    def _facts(self, row: np.void) -> frozenset[Fact]:
        return self.games[row["game"]].true(_held(row["facts"]))

    def facts_by_index(self) -> list[Fact]:
        """The current game's changing facts, in the order of the symbolic observation."""
        return list(self.grounded.facts)

    def texts(self, game: int | None = None) -> Texts:
        """The `Texts` of a game, by its index in the pool; by default of the current game."""
        at = int(self._state["game"][0]) if game is None else game
        if at not in self._texts_of:
            self._texts_of[at] = Texts(self.games[at].game)
        return self._texts_of[at]

    # --- playing ------------------------------------------------------------------------------------------------------

    def parse_action(self, text: str) -> int:
        """The index of a command of the game."""
        index = self._index(text)
        if index < 0:
            raise ParseError(f"action: {text!r}, expected a command of this game such as {self._possible()}")
        return index

    def _possible(self) -> str:
        legal = np.flatnonzero(self._mask_row)[:3].tolist()
        return ", ".join(repr(self.grounded.commands[i]) for i in legal) or "'look'"

    def _index(self, text: str) -> int:
        """The index of a command; -1, which the kernel treats as no command, if the game has none in these words."""
        at = int(self._state["game"][0])
        if at not in self._number:
            self._number[at] = {}
            for i, command in enumerate(self.games[at].commands):
                self._number[at].setdefault(spoken(command), []).append(i)
        alike = self._number[at].get(spoken(text), [-1])
        if len(alike) > 1:  # names differ in case only: prefer an exact match, then an admissible one
            commands = self.games[at].commands
            return min(alike, key=lambda i: (commands[i] != text.strip(), not self._mask_row[i]))
        return alike[0]

    def _checked(self, action: Any) -> Any:
        return self._index(action) if isinstance(action, str) else super()._checked(action)

    def well_formed_actions(self) -> list[Any]:
        return [] if self._over[0] else list(range(len(self.grounded.commands)))

    def action_text(self, action: Any) -> str:
        commands = self.grounded.commands
        return commands[int(action)] if 0 <= int(action) < len(commands) else "(nothing)"

    def decode_text(self, name: str, codes: NDArray[Any]) -> list[str]:
        return [self._written(row) for row in codes]

    def _written(self, codes: NDArray[np.uint64]) -> str:
        game, last, outcome, end = codes[: kernel_text.FACTS].tolist()
        place = game, codes[kernel_text.FACTS :].tobytes()
        if place not in self._places:
            texts, facts = self.texts(game), self.games[game].true(_held(codes[kernel_text.FACTS :]))
            if len(self._places) >= _PLACES:
                self._places.clear()
            self._places[place] = facts, f"{texts.description(facts)}\n\n{texts.inventory(facts)}"
        facts, scene = self._places[place]
        said = f"{self._feedback(game, last - 1, outcome, facts)}{_ENDS[end]}".strip()
        return (f"{said}\n\n{scene}" if said else scene)[:MAX_LENGTH]

    def _info(self) -> dict[str, Any]:
        info = super()._info()
        if self.is_endless:
            info["max_score"] = float(points(info["max_score"]))
        return info | {name: self.told(name, self._state[0], self._mask[0]) for name in self.infos}

    def told(self, name: str, row: np.void, mask: NDArray[np.int8]) -> Any:
        """One of `infos` for a state and its mask."""
        grounded, texts = self.games[row["game"]], self.texts(int(row["game"]))
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

    # --- interfaces ---------------------------------------------------------------------------------------------------

    def rules(self) -> str:
        return (
            "You play a text adventure. Each turn, give one command such as 'go north', 'open fridge', "
            "'take key from chest', 'unlock door with key', 'inventory' or 'look'. " + self.game.objective
        )

    def feedback(self) -> str:
        """The result of the last command."""
        row = self._state[0]
        said = self._feedback(int(row["game"]), int(row["last"]), int(row["outcome"]), self.current_facts())
        return f"{said}{_ENDS[2 if row['lost'] else int(row['won'])]}".strip()

    def _feedback(self, game: int, last: int, outcome: int, facts: frozenset[Fact]) -> str:
        grounded = self.games[game]
        command = grounded.commands[last] if 0 <= last < len(grounded.commands) else ""
        match outcome:
            case kernel.NOTHING:
                return grounded.game.objective
            case kernel.DONE:
                before = facts
                if command.startswith("cook "):  # only this answer mentions something that was not true before
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

    def _seed_rows(self, seed: Any, chosen: NDArray[np.bool_]) -> None:
        """As in `KernelVectorEnv`; a given game takes its slot only once nothing can be refused any more."""
        others = np.flatnonzero((self._state["game"] == len(self.single.pool)) & ~chosen)
        if self.single.is_asked and len(others):
            raise ValueError(
                f"options: instance: rows {others[:8].tolist()} are in another game that was given, and there is room "
                "for one; reset them too"
            )
        super()._seed_rows(seed, chosen)
        self.single.seat()
        self.params = self.params._replace(table=self.single.params.table)

    def _infos(
        self,
        state: NDArray[Any],
        mask: NDArray[np.int8],
        told: NDArray[Any],
        chosen: NDArray[np.bool_],
        some_ended: bool = False,
    ) -> dict[str, Any]:
        infos = super()._infos(state, mask, told, chosen, some_ended)
        if self.single.is_endless:
            infos["max_score"] = points(infos["max_score"])
        for name in self.single.infos:
            values = np.full(self.num_envs, None, object)
            for i in np.flatnonzero(chosen).tolist():
                values[i] = self.single.told(name, state[i], mask[i])
            infos |= {name: values, f"_{name}": chosen.copy()}
        return infos


CHARSET = frozenset({*string.printable, *(chr(i) for i in range(0xA0, 0x180)), *"‘’“”–—…"})
_WORD = re.compile(r"[\w'’-]+|[.,!?]")


def _phrases(grounded: Grounded) -> list[list[str]]:
    """The words of each changing fact, and of the objective."""
    texts = Texts(grounded.game)
    told = [texts.readable(fact) for fact in grounded.facts]
    return [_WORD.findall(text.lower()) for text in (*told, grounded.game.objective)]


def points(scores: Any) -> Any:
    """Scores as floats, including those that the kernel marks as infinite."""
    return np.where(scores == kernel.ENDLESS, math.inf, scores)


def map_repr(names: Iterable[str]) -> list[str]:
    return [repr(name) for name in names]


def _held(words: NDArray[np.uint64]) -> list[int]:
    """Indices of the bits that are set."""
    return np.flatnonzero(np.unpackbits(words.view(np.uint8), bitorder="little")).tolist()


def loaded(game: Any, field: str = "game") -> Game:
    """A game given as a `Game`, a path or a JSON text."""
    if isinstance(game, Game):
        return game
    if isinstance(game, str) and game.lstrip().startswith("{"):
        try:
            return Game.from_json(game)
        except ValueError as error:
            raise ValueError(f"{field}: {error}") from None
    if isinstance(game, (str, Path)):
        try:
            return Game.load(game)
        except ValueError as error:
            raise type(error)(f"{field}: {str(error).removeprefix('game: ')}") from None
    raise ValueError(f"{field}: found {type(game).__name__}, expected a Game, a path or a JSON text")

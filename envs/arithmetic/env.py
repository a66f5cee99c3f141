"""Game of 24: `ige/GameOf24-v0`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..core import Kernel, KernelEnv, KernelVectorEnv
from ..core.check import integer
from ..core.given import is_json, is_path
from ..core.text import ParseError
from . import kernel, oracle
from .picture import draw
from .puzzles import read_puzzles

SPLITS = ("train", "hard", "all")
_EXAMPLES = """Three worked examples:
1 2 3 4: 1 * 2 = 2 (left: 2 3 4); 2 * 3 = 6 (left: 4 6); 4 * 6 = 24 (left: 24).
2 3 7 10: 2 * 10 = 20 (left: 3 7 20); 7 - 3 = 4 (left: 4 20); 4 + 20 = 24 (left: 24).
1 5 5 9: 9 - 5 = 4 (left: 1 4 5); 1 + 5 = 6 (left: 4 6); 4 * 6 = 24 (left: 24)."""
_MOST = 10**5  # most puzzles to enumerate; takes seconds, unless the target is out of reach
Puzzles = Iterable[Sequence[int]] | str | Path
_LIMIT = 2**62  # largest number: leaves room in int64 for one addition


_OPERATION = re.compile(
    r"\s*(?P<a>\d+)\s*(?P<sign>[-+*/xX×÷−])\s*(?P<b>\d+)\s*(=\s*(?P<result>\d+)\s*)?(\(left: (?P<left>[\d ]+)\)\s*)?"
)


class GameOf24(KernelEnv[int]):
    """Combine numbers with + - * / until one is left, and make it 24.

    ## Description
    The card game as Tree of Thoughts and Intelligent Go-Explore play it. A state is a handful of non-negative integers
    in ascending order. An operation takes two of them away and puts their result back; after n - 1 operations one
    number is left, which wins if it equals the target. Reaching the target earlier does not count.

    ## Action Space
    `Discrete(2 * n * (n - 1))`: `Discrete(24)` for four numbers. An action is `4 * pair + sign`: the pairs of places
    (0,1), (0,2), (0,3), (1,2), (1,3), (2,3) of the sorted numbers in this order, then `+ - * /`. The results of two
    numbers a <= b are a + b, b - a, a * b and b / a. Division requires that a != 0 and that a divides b, so fractions
    and negative numbers never appear. With fewer numbers left, fewer pairs exist; the first 2 * m * (m - 1) actions are
    the operations on m numbers (`well_formed_actions()`) and the rest are illegal. An illegal action ends the attempt.
    Equal numbers keep their duplicate operations. As text, an action is for example `4 * 6` (`action_text`,
    `parse_action`), or a whole line of `describe`.

    ## Observation Space
    `Box(-1, max, (n,), int64)`: the numbers left in ascending order, then -1 for each place that is used up. `max` is
    the largest number that operations can build.

    ## Rewards
    1 if the attempt ends in the target, 0 otherwise.

    ## Starting State
    A puzzle drawn uniformly from the split, or the one in `options["instance"]`, for example (4, 9, 10, 13).

    ## Episode End
    Termination: one number is left, or an operation was illegal. Truncation: never; an attempt takes n - 1 operations.

    ## Information
    - `action_mask`: int8 (actions,), 1 where the operation is legal; all 0 when the attempt is over.
    - `illegal`: the last operation was illegal.
    - `is_success`: the attempt ended in the target.
    - `solvable`: the puzzle, as dealt, can be solved.

    ## Arguments
    `gym.make("ige/GameOf24-v0", n=4, target=24, max_value=13, split="train", puzzles=None)`
    - `n`: how many numbers are dealt, 3 to 6.
    - `target`: the number to reach.
    - `max_value`: numbers are dealt from 1 to this.
    - `split`: `"all"`, every solvable puzzle; `"hard"`, the 100 four-number puzzles among them with the smallest share
      of winning paths (`oracle.hardest`); `"train"`, the others (for n other than 4, all of them).
    - `puzzles`: puzzles to play instead, for example [(4, 9, 10, 13), (1, 1, 1, 1)], or a file of them (`.json`, or
      `.txt` with one puzzle a line, such as 4 9 10 13); unsolvable ones are playable and flagged in `info["solvable"]`.
    - `render_mode`: `"ansi"` or `"rgb_array"` (`"human"` is Gymnasium's `HumanRendering` over it).

    ## Oracle
    `ige.envs.arithmetic.oracle`: every solution of a puzzle, its share of winning paths, its reachable states.

    ## References
    - Lu, Hu, Clune 2024, Intelligent Go-Explore, arXiv 2405.15143 (the integer game and its action order).
    - Yao et al. 2023, Tree of Thoughts, arXiv 2305.10601.

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 2}
    option_names: ClassVar[tuple[str, ...]] = ("instance",)

    def __init__(
        self,
        n: int = 4,
        target: int = 24,
        max_value: int = 13,
        split: str = "train",
        puzzles: Puzzles | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.n = integer("n", n, 3, 6)
        self.target = integer("target", target, 0, _LIMIT)
        self.max_value = integer("max_value", max_value, 1, int(_LIMIT ** (1 / self.n)) - 1)
        if self.target > max(2, self.max_value) ** self.n:
            raise ValueError(f"target: {self.target}, more than {self.n} numbers up to {self.max_value} can make")
        if split not in SPLITS:
            raise ValueError(f"split: {split!r}, expected one of {', '.join(map(repr, SPLITS))}")
        if split == "hard" and self.n != 4:
            raise ValueError(f"split: 'hard' is a set of four-number puzzles, expected n=4, found n={self.n}")
        self.split = split
        instances = self._load(puzzles) if puzzles is not None else self._enumerate()
        largest = int(max(2, instances["numbers"].max(), self.max_value)) ** self.n
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.record(self.n),
                observation=kernel.observation(self.n),
                key=("numbers", "illegal"),
                info=("illegal", "is_success", "solvable"),
                n_masked=2 * self.n * (self.n - 1),
            ),
            kernel.Params(max_steps=0, target=self.target, puzzles=instances),
            spaces.Box(kernel.EMPTY, largest, (self.n,), np.int64),
            spaces.Discrete(2 * self.n * (self.n - 1)),
            render_mode,
        )

    # --- instances ----------------------------------------------------------------------------------------------------

    def _enumerate(self) -> NDArray[Any]:
        if (size := math.comb(self.n + self.max_value - 1, self.n)) > _MOST:
            raise ValueError(
                f"max_value: {self.max_value} makes {size:,} puzzles of {self.n} numbers, expected at most {_MOST:,}; "
                "pass puzzles=[...]"
            )
        puzzles = oracle.enumerate_solvable(self.n, self.max_value, self.target)
        if self.n == 4 and self.split != "all":
            hard = oracle.hardest(4, self.max_value, self.target)
            if self.split == "hard":
                puzzles = hard
            else:
                kept = set(map(tuple, puzzles.tolist())) - set(map(tuple, hard.tolist()))
                puzzles = np.array(sorted(kept), np.int64).reshape(-1, 4)
        if not len(puzzles):
            raise ValueError(f"target: no puzzle of split {self.split!r} makes {self.target}; try a larger max_value")
        return _records(puzzles, np.ones(len(puzzles), np.bool_))

    def _load(self, puzzles: Puzzles) -> NDArray[Any]:
        if is_json(puzzles) or is_path(puzzles):
            puzzles = read_puzzles("puzzles", cast(str, puzzles), self.n)
        if isinstance(puzzles, str) or not isinstance(puzzles, Iterable):
            raise ValueError(f"puzzles: {puzzles!r}, expected a list such as [(4, 9, 10, 13), (1, 1, 1, 1)]")
        rows = [_puzzle(f"puzzles[{i}]", puzzle, self.n) for i, puzzle in enumerate(puzzles)]
        if not rows:
            raise ValueError(f"puzzles: found none, expected at least one of {self.n} numbers")
        numbers = np.array(rows, np.int64)
        return _records(numbers, oracle.solvable(numbers, self.target))

    def instance_params(self, options: dict[str, Any] | None) -> kernel.Params:
        super().instance_params(options)
        if not options or options.get("instance") is None:
            return self.params
        instance = options["instance"]
        if is_json(instance) or is_path(instance):
            found = read_puzzles("options: instance", instance, self.n)
            if len(found) != 1:
                raise ValueError(f"options: instance: found {len(found)} puzzles, expected one")
            instance = found[0]
        numbers = np.array([_puzzle("options: instance", instance, self.n)], np.int64)
        largest = int(self.observation_space.high[0])  # type: ignore[attr-defined]
        if int(max(2, numbers.max())) ** self.n > largest:
            raise ValueError(f"options: instance: {numbers.max()} is too large for the space; raise max_value in make")
        return self.params._replace(puzzles=_records(numbers, oracle.solvable(numbers, self.target)))

    # --- text and picture ---------------------------------------------------------------------------------------------

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers left, ascending."""
        row = self._state[0]
        return tuple(row["numbers"][: row["count"]].tolist())

    def rules(self) -> str:
        """Instructions that a language agent gets once, with three worked examples if the target is the classic one."""
        text = (
            f"Combine the numbers with + - * / to make {self.target}. Each operation replaces two numbers by their "
            f"result. Subtraction takes the smaller from the larger, division must leave no remainder; an operation "
            f"that does not ends the attempt. You win if the one number left at the end is {self.target}."
        )
        return f"{text}\n{_EXAMPLES}" if (self.n, self.target) == (4, 24) else text

    def describe(self) -> str:
        """The numbers left, and each legal operation with the numbers that it leaves."""
        numbers, row = self.numbers, self._state[0]
        lines = [f"Numbers: {' '.join(map(str, numbers))}. Target: {self.target}."]
        if row["illegal"]:
            return f"{lines[0]}\nThe last operation was not possible. The attempt is over."
        if len(numbers) == 1:
            return f"{lines[0]}\n{'Solved.' if row['is_success'] else 'Not the target. The attempt is over.'}"
        for action in np.flatnonzero(self.action_masks()).tolist():
            lines.append(f"{self.action_text(action)} = {self.result(action)} (left: {self.preview_text(action)})")
        return "\n".join(lines)

    def well_formed_actions(self) -> list[int]:
        """The operations on the numbers that are left, in order, illegal divisions included."""
        if self._state["over"][0]:
            return []
        count = len(self.numbers)
        return list(range(2 * count * (count - 1)))

    def preview(self, action: int) -> tuple[int, ...] | None:
        """The numbers that an operation would leave; None if it is illegal."""
        after = oracle.successors(self.numbers)
        return after[action] if 0 <= action < len(after) else None

    def preview_text(self, action: int) -> str:
        """`preview` as a language agent reads it."""
        after = self.preview(action)
        return "not possible" if after is None else " ".join(map(str, after))

    def result(self, action: int) -> int | None:
        """The number that an operation makes; None if it is illegal."""
        if self.preview(action) is None:
            return None
        a, sign, b = self._operands(action)
        return {"+": a + b, "-": a - b, "*": a * b, "/": a // max(b, 1)}[sign]

    def _operands(self, action: int) -> tuple[int, str, int]:
        numbers = self.numbers
        if not 0 <= action < 2 * len(numbers) * (len(numbers) - 1):
            raise ValueError(f"action: {action!r}, expected an operation on {len(numbers)} numbers")
        i, j = kernel.pair(action // 4, len(numbers))
        sign = kernel.SIGNS[action % 4]
        return (numbers[i], sign, numbers[j]) if sign in "+*" else (numbers[j], sign, numbers[i])

    def action_text(self, action: int) -> str:
        """An operation as text, for example `4 * 6`; the larger number comes first in `6 - 4` and `6 / 3`."""
        return "{} {} {}".format(*self._operands(action))

    def parse_action(self, text: str) -> int:
        """The first action that text such as `4 * 6` or `10-4` means here.

        A line of `describe` is accepted too: `6 - 4 = 2 (left: 2 4 9)`. The result that it states must be correct.
        """
        match = _OPERATION.fullmatch(text)
        if match is None:
            raise ParseError(f"action: {text!r}, expected two of the numbers and a sign, such as '4 * 6'")
        a, b = int(match["a"]), int(match["b"])
        sign = {"x": "*", "X": "*", "×": "*", "÷": "/", "−": "-"}.get(match["sign"], match["sign"])
        wanted = {(a, sign, b), (b, sign, a)} if sign in "+*" else {(a, sign, b)}
        for action in range(2 * len(self.numbers) * (len(self.numbers) - 1)):
            if self._operands(action) in wanted:
                break
        else:
            left = " ".join(map(str, self.numbers))
            raise ParseError(f"action: {text!r} is no operation on {left}, larger number first")
        result, left = self.result(action), self.preview_text(action)
        if match["result"] not in (None, str(result)) or match["left"] not in (None, left):
            found = "is not possible" if result is None else f"is {result} (left: {left})"
            raise ParseError(f"action: {text!r}, but {self.action_text(action)} {found}")
        return action

    def frame(self) -> NDArray[np.uint8]:
        row = self._state[0]
        ended = "solved" if row["is_success"] else "over" if row["over"] else ""
        return draw(self.numbers, self.n, self.target, ended)


class GameOf24Vector(KernelVectorEnv):
    """Many games of 24 at once; see `GameOf24`."""

    env_class = GameOf24


def _puzzle(name: str, puzzle: Any, n: int) -> list[int]:
    """A puzzle's numbers, ascending."""
    if isinstance(puzzle, str) or not isinstance(puzzle, Iterable):
        raise ValueError(f"{name}: {puzzle!r}, expected {n} integers such as (4, 9, 10, 13)")
    numbers = list(puzzle)
    if len(numbers) != n:
        raise ValueError(f"{name}: found {len(numbers)} numbers, expected {n}")
    return sorted(integer(f"{name}[{i}]", v, 0, int(_LIMIT ** (1 / n)) - 1) for i, v in enumerate(numbers))


def _records(numbers: NDArray[np.int64], solvable: NDArray[np.bool_]) -> NDArray[Any]:
    records = np.zeros(len(numbers), kernel.instance(numbers.shape[1]))
    records["numbers"], records["solvable"] = numbers, solvable
    return records

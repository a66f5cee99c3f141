"""One rule for all text files: every reader of the suite is given the same spoiled ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest

from ige.envs.arithmetic.puzzles import read_puzzles
from ige.envs.babyai.level import Level as World
from ige.envs.bandits.table import read_table
from ige.envs.combinatorial import files, instance
from ige.envs.core.text_file import as_json, number, read_text
from ige.envs.textworld.game import Game
from ige.envs.ued.level import Level, as_level

TSP = "NAME: ö\nTYPE: TSP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 3 4\nEOF\n"
MAZE = ">.\n.G"
SQUARE = instance.CVRP([[0, 0], [1, 0], [0, 1]], [0, 1, 1], 1)
# Each reader, and a file that it takes. That is spoiled below by an "é" in Latin-1 at its end.
READERS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "tsp": (lambda path: files.read(path).points.tolist(), TSP),
    "sol": (lambda path: files.read_solution(path, SQUARE).tolist(), "Route #1: 1\nRoute #2: 2\nCost 4\n"),
    "json": (lambda path: [one.as_dict() for one in instance.load(path)], json.dumps([SQUARE.as_dict()])),
    "csv": (lambda path: read_table(path, "y", ["g"])._asdict()["y"].tolist(), "x,g,y\n1,ö,1\n2,b,3\n"),
    "level": (lambda path: as_level("level", path), MAZE),
    "level.json": (lambda path: as_level("level", str(path)), Level.from_text(MAZE).to_json()),
    "puzzles.txt": (lambda path: read_puzzles("puzzles", path), "4 9 10 13\n1 2 3 4  # ö\n"),
}


@pytest.mark.parametrize("name", READERS)
def test_a_byte_order_mark_and_other_line_ends_change_nothing(tmp_path: Path, name: str) -> None:
    read, text = READERS[name]
    path = tmp_path / f"file.{name}"
    path.write_bytes(text.encode())
    expected = read(path)
    for other in ("\ufeff" + text, text.replace("\n", "\r\n"), text.replace("\n", "\r")):
        path.write_bytes(other.encode())
        assert read(path) == expected


@pytest.mark.parametrize("name", READERS)
def test_another_encoding_is_named_by_file_line_and_column(tmp_path: Path, name: str) -> None:
    read, text = READERS[name]
    path = tmp_path / f"file.{name}"
    path.write_bytes(text.encode() + "öé".encode()[:2] + b"\xe9")
    *before, last = text.split("\n")
    message = f"{path}: line {len(before) + 1}, column {len(last) + 2}: found byte 0xe9, expected text in UTF-8"
    with pytest.raises(ValueError, match=re.escape(message)):
        read(path)
    path.write_bytes(text.encode("utf-16"))
    with pytest.raises(ValueError, match=re.escape(f"{path}: line 1, column 1: found byte 0xff, expected")):
        read(path)


@pytest.mark.parametrize("name", [*READERS, "game"])
def test_what_is_no_file_is_one_line(tmp_path: Path, name: str) -> None:
    read = READERS[name][0] if name in READERS else Game.load
    empty = tmp_path / f"empty.{name}"
    empty.write_text("\n \n")
    for path, message in (
        (empty, f"{empty}: found an empty file, expected text"),
        (tmp_path / f"none.{name}", f"none.{name}: cannot be read: No such file or directory"),
        (tmp_path, f"{tmp_path}: cannot be read: Is a directory"),
    ):
        if name in ("json", "level.json") and path == tmp_path:
            continue  # that is refused by its name
        with pytest.raises((ValueError, OSError), match=re.escape(message)) as error:
            read(path)
        assert "\n" not in str(error.value)


def test_games_are_read_as_all_else(tmp_path: Path) -> None:
    path = tmp_path / "game.json"
    path.write_bytes(b'{"name": "\xe9"}')
    with pytest.raises(ValueError, match=re.escape(f"game: {path}: line 1, column 11: found byte 0xe9, expected text")):
        Game.load(path)


@pytest.mark.parametrize("word", ["1e300", "-1e101", "inf", "nan", "1_0", "x"])
def test_numbers_that_are_none(tmp_path: Path, word: str) -> None:
    with pytest.raises(ValueError, match=f"^found '{word}', expected a number"):
        number(word)
    (tmp_path / "a.tsp").write_text(TSP.replace("3 4", f"3 {word}"))
    with pytest.raises(ValueError, match=rf"a\.tsp: line 7: NODE_COORD_SECTION: found '{word}', expected a number"):
        files.read(tmp_path / "a.tsp")
    (tmp_path / "a.csv").write_text(f"x,g,y\n1,a,1\n\n{word},b,3\n")
    with pytest.raises(ValueError, match=rf"a\.csv: line 4, column 'x': found '{word}', expected a number"):
        read_table(tmp_path / "a.csv", "y", ["g"])
    if word != "x":
        with pytest.raises(ValueError, match=r"points\[1, 0\]: .*, expected a number"):
            instance.TSP([[0, 0], [float(word.replace("_", "e300")), 1]])


def test_a_text_in_place_of_a_path_is_not_repeated_in_full() -> None:
    with pytest.raises(OSError, match=r"^'a{100}'\.\.\.: cannot be read: "):
        read_text("a" * 5000)
    with pytest.raises(ValueError, match=r"cannot be read: .*null"):
        read_text("a\0b")


def test_what_is_no_json() -> None:
    for text, message in (
        ('{"a":\n 1,}', "line 2, column 4: "),
        ("9" * 5000, "expected JSON"),
        ("[" * 200_000, "expected JSON"),
    ):
        with pytest.raises(ValueError, match=message) as error:
            as_json(text)
        assert str(error.value).endswith("expected JSON")


# --- where instances are given ----------------------------------------------------------------------------------------


def made(identifier: str, **arguments: Any) -> Any:
    return gym.make(identifier, disable_env_checker=True, **arguments).unwrapped


GIVEN = {  # the argument, the option, and arguments without an instance
    "TSP": ("instances", "instance", {"n": 6}),  # sizes that their family is compiled for
    "ATSP": ("instances", "instance", {"n": 6}),
    "CVRP": ("instances", "instance", {"n": 5}),
    "Orienteering": ("instances", "instance", {"n": 6}),
    "Knapsack": ("instances", "instance", {"n": 6}),
    "TallyingBandit": ("instance", "instance", {}),
    "PaymentRouting": ("instance", "instance", {}),
    "GroupRegression": ("instance", "instance", {}),
    "OneSidedFairness": ("instance", "instance", {}),
    "TabularMDP": ("instance", "instance", {}),
    "ConservativeMDP": ("instance", "instance", {}),
    "BabyAI": ("worlds", "instance", {}),
    "BabyAIText": (None, "instance", {}),
    "UedMaze": ("level", "level", {}),
    "TextWorld": ("game", "instance", {}),
    "GameOf24": ("puzzles", "instance", {}),
}


@pytest.mark.parametrize("name", GIVEN)
def test_an_instance_as_an_object_json_and_file(name: str, tmp_path: Path) -> None:
    """All show the same first observation; what cannot be read is one line that names the argument."""
    argument, option, arguments = GIVEN[name]
    env = made(f"ige/{name}-v0", **arguments)
    env.reset(seed=7)
    kept = ("instance", "level", "game", "numbers")
    given: Any = next(getattr(env, attribute) for attribute in kept if hasattr(env, attribute))
    text = json.dumps(given) if isinstance(given, tuple) else given.to_json()
    path = tmp_path / "one.json"
    path.write_text(text, encoding="utf-8-sig")
    forms = [given, text, path, str(path)]
    if argument:
        seen = []
        for form in forms:
            played = made(f"ige/{name}-v0", **{argument: [form] if form is given and name == "GameOf24" else form})
            played.reset(seed=7)
            seen.append(played.state_key())
        assert seen == seen[:1] * len(forms)
    seen = []
    for form in forms:
        env.reset(seed=7, options={option: form})
        seen.append(env.state_key())
    assert seen == seen[:1] * len(forms)
    for wrong in (str(tmp_path / "none.json"), '{"', '{"nonsense": 1}', 3.5):
        with pytest.raises(ValueError, match=f"^options: {option}: ") as error:
            env.reset(options={option: wrong})
        assert "\n" not in str(error.value)


def test_worlds_from_lists_of_files(tmp_path: Path) -> None:
    env = made("ige/BabyAI-v0")
    env.reset(seed=3)
    env.level.to_json()
    (tmp_path / "a.json").write_text(env.level.to_json())
    again = made("ige/BabyAI-v0", worlds=[tmp_path / "a.json", env.level])
    again.reset(seed=0)
    assert again.level.to_json() == World.from_json(env.level.to_json()).to_json()
    with pytest.raises(ValueError, match=r"^worlds\[1\]: found int, expected Level"):
        made("ige/BabyAI-v0", worlds=[env.level, 3])


def test_several_instances_in_one_text() -> None:
    env = made("ige/CVRP-v0", instances=json.dumps([SQUARE.as_dict()] * 2))
    assert len(env.params.pool) == 2
    with pytest.raises(ValueError, match=r"^instances\[0\]: found CVRP, expected TSP$"):
        made("ige/TSP-v0", instances=SQUARE.to_json())

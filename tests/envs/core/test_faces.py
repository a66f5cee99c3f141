"""The single and the vectorised interface over a kernel: what the laws leave open, and every error."""

from __future__ import annotations

import pickle
import re
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from drift.env import Drift, DriftVector
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode

from ige.envs.arithmetic.env import GameOf24, GameOf24Vector
from ige.envs.core.interface import mask_length

STAY = np.array([1, 1])


def states(dirt: int) -> list[bytes]:
    """The bytes of states copied in every way, from memory that somebody has used before."""
    env = GameOf24()
    env.reset(seed=3)
    found = []
    for copy in (env.get_state, lambda: env.get_state().copy(), lambda: pickle.loads(pickle.dumps(env)).get_state()):
        junk = [np.full(size, dirt, np.uint8) for size in range(32, 257, 8)]
        del junk
        found.append(copy().tobytes())
    return found


def test_equal_states_have_equal_bytes() -> None:
    assert len({*states(0xAB), *states(0xCD)}) == 1


def test_states_have_no_hidden_bytes() -> None:
    for dtype in (GameOf24().kernel.state, GameOf24(n=3).kernel.state, Drift().kernel.state):
        assert dtype.isalignedstruct
        assert sum(field[0].itemsize for field in dtype.fields.values()) == dtype.itemsize


# --- one row ---------------------------------------------------------------------------------------------------------


def test_truncation() -> None:
    env = Drift(max_steps=3)
    for seed in range(20):
        env.reset(seed=seed)
        for t in range(1, 4):
            _, _, terminated, truncated, _ = env.step(STAY)
            assert truncated is (t == 3)
            if terminated:
                break


def test_no_limit() -> None:
    env = Drift(max_steps=0)
    env.reset(seed=0)
    for _ in range(200):
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        assert truncated is False
        if terminated:
            env.reset()


@pytest.mark.parametrize("env", [Drift(), GameOf24()], ids=["Drift", "GameOf24"])
def test_step_needs_an_episode(env: Any) -> None:
    action = env.action_space.sample()
    with pytest.raises(ResetNeeded, match="^step: the episode has ended"):
        env.step(action)
    env.reset(seed=0)
    while not any(env.step(env.action_space.sample())[2:4]):
        pass
    with pytest.raises(ResetNeeded):
        env.step(action)


@pytest.mark.parametrize("action", [-1, 24, 1.0, "4 * 6", None, np.float64(1), [1]])
def test_actions_outside_the_discrete_space(action: Any) -> None:
    env = GameOf24()
    env.reset(seed=0)
    before = env.get_state().tobytes()
    with pytest.raises(ValueError, match=f"^action: {re.escape(repr(action))}, expected an integer from 0 to 23$"):
        env.step(action)
    assert env.get_state().tobytes() == before


@pytest.mark.parametrize("action", [0, np.int8(0), np.uint64(0), np.array(0)])
def test_actions_of_any_integer_type(action: Any) -> None:
    env = GameOf24()
    env.reset(seed=0)
    env.step(action)


@pytest.mark.parametrize("action", [np.array([0, 3]), np.array([0]), 1, np.array([0.5, 1])])
def test_actions_outside_an_array_space(action: Any) -> None:
    env = Drift()
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"^action: .*, expected a member of MultiDiscrete\(\[3 3\]\)$"):
        env.step(action)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (None, "NoneType"),
        (b"abc", "bytes"),
        (np.zeros(3), "float64"),
        (GameOf24(n=3).get_state(), "a record of 96 bytes"),
    ],
)
def test_states_of_others(state: Any, found: str) -> None:
    env = GameOf24()
    env.reset(seed=0)
    with pytest.raises(ValueError, match=f"^state: found {found}.*, expected a record from get_state") as caught:
        env.set_state(state)
    assert "\n" not in str(caught.value)


def test_unknown_options() -> None:
    with pytest.raises(ValueError, match="^options: unknown field 'puzzle', expected: 'instance'$"):
        GameOf24().reset(options={"puzzle": (1, 2, 3, 4)})
    with pytest.raises(ValueError, match="^options: unknown field 'level', expected: none$"):
        Drift().reset(options={"level": 1})


def test_a_failed_reset_changes_nothing() -> None:
    env = GameOf24()
    env.reset(seed=0)
    before = env.get_state().tobytes()
    for options in ({"puzzle": 1}, {"instance": (1, 2, 3)}):
        with pytest.raises(ValueError, match="options"):
            env.reset(seed=1, options=options)
    assert env.get_state().tobytes() == before


def test_render_modes() -> None:
    with pytest.raises(ValueError, match=r"^render_mode: 'gif', expected one of \['ansi', 'rgb_array'\] or None$"):
        GameOf24(render_mode="gif")
    with pytest.raises(NotImplementedError, match="Drift has no text"):
        Drift().describe()
    with pytest.raises(NotImplementedError, match="Drift has no picture"):
        Drift().frame()


def test_masks_without_a_mask() -> None:
    env, vector = Drift(), DriftVector(3)
    env.reset(seed=0)
    vector.reset(seed=0)
    assert env.action_masks().tolist() == [True] * 6  # one for each value of each part
    assert vector.action_masks().shape == (3, 6)
    assert mask_length(gym.spaces.MultiBinary((2, 2))) == 8
    with pytest.raises(NotImplementedError, match="there are no masks over Box"):
        mask_length(gym.spaces.Box(0, 1))


def test_the_first_unseeded_episode_is_random() -> None:
    assert len({GameOf24().reset()[0].tobytes() for _ in range(8)}) > 1


# --- many rows -------------------------------------------------------------------------------------------------------


def test_rows_are_single_environments_whatever_their_number_and_the_threads() -> None:
    single = [Drift().reset(seed=100 + i)[0]["sea"] for i in range(300)]
    for rows, parallel in [(1, False), (7, True), (300, False), (300, True)]:
        vector = DriftVector(rows, parallel=parallel)
        observations, _ = vector.reset(seed=100)
        np.testing.assert_array_equal(observations["sea"], single[:rows])


def test_threads_change_nothing() -> None:
    serial, parallel = (DriftVector(1000, parallel=p, autoreset_mode="SameStep") for p in (False, True))
    serial.reset(seed=0)
    parallel.reset(seed=0)
    serial.action_space.seed(0)
    for _ in range(30):
        actions = serial.action_space.sample()
        serial.step(actions)
        parallel.step(actions)
        assert serial.get_state().tobytes() == parallel.get_state().tobytes()


def test_unseeded_rows_differ() -> None:
    vector = DriftVector(64)
    first, _ = vector.reset()
    assert len({row.tobytes() for row in first["strength"]}) == 64
    assert (DriftVector(64).reset()[0]["strength"] != first["strength"]).any()


def test_seeds_row_by_row() -> None:
    vector = DriftVector(4)
    observations, _ = vector.reset(seed=[5, None, 5, 9])
    strength = observations["strength"][:, 0]
    assert strength[0] == strength[2] == Drift().reset(seed=5)[0]["strength"][0]
    assert strength[3] == Drift().reset(seed=9)[0]["strength"][0]
    assert len(set(strength.tolist())) == 3
    again, _ = DriftVector(4).reset(seed=[5, None, 5, 9])
    assert again["strength"][1, 0] != strength[1]


def test_a_seed_for_some_rows_leaves_the_others_to_go_on() -> None:
    one, other = DriftVector(2), DriftVector(2)
    one.reset(seed=1)
    other.reset(seed=1)
    found, _ = one.reset(seed=[None, 70])
    expected, _ = other.reset()
    assert found["strength"][0] == expected["strength"][0]
    assert found["strength"][1] == Drift().reset(seed=70)[0]["strength"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: DriftVector(0), "num_envs: 0, expected an integer of at least 1"),
        (lambda: DriftVector(2.5), "num_envs: 2.5, expected an integer of at least 1"),
        (lambda: DriftVector(3).reset(seed=[1, 2]), "seed: found 2 seeds, expected 3: one for each row"),
        (lambda: DriftVector(2).reset(options={"level": 1}), "options: unknown field 'level', expected: none"),
        (
            lambda: DriftVector(2).reset(options={"reset_mask": [True, False]}),
            "options: reset_mask: [True, False], expected bool (2,) with at least one True",
        ),
        (
            lambda: DriftVector(2).reset(options={"reset_mask": np.ones(2)}),
            "options: reset_mask: float64 (2,), expected bool (2,) with at least one True",
        ),
        (
            lambda: DriftVector(2).reset(options={"reset_mask": np.zeros(2, np.bool_)}),
            "options: reset_mask: bool (2,), expected bool (2,) with at least one True",
        ),
        (
            lambda: begun(GameOf24Vector(3)).step([0, 1, 24]),
            "actions: row 2: 24, expected an integer from 0 to 23",
        ),
        (lambda: begun(GameOf24Vector(3)).step([0, -1, 0]), "actions: row 1: -1, expected an integer from 0 to 23"),
        (lambda: begun(GameOf24Vector(3)).step([0, 1]), "actions: int64 (2,), expected integers (3,)"),
        (lambda: begun(GameOf24Vector(3)).step([0.0, 1, 2]), "actions: float64 (3,), expected integers (3,)"),
        (lambda: begun(DriftVector(2)).step(np.full((2, 2), 3)), "actions: found int64 (2, 2), expected a member of"),
        (lambda: DriftVector(2).set_state(DriftVector(3).get_state()), "state: found records of 80 bytes (3,)"),
        (lambda: DriftVector(2).set_state(None), "state: found NoneType, expected records (2,) from get_state"),
    ],
)
def test_errors_are_one_line(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}") as caught:
        call()
    assert "\n" not in str(caught.value)


def begun(vector: Any) -> Any:
    vector.reset(seed=0)
    return vector


def test_stepping_needs_a_reset() -> None:
    with pytest.raises(ResetNeeded, match="^step: no episode has begun"):
        DriftVector(2).step(np.ones((2, 2), np.int64))
    vector = begun(GameOf24Vector(3, autoreset_mode="Disabled", puzzles=[(4, 9, 10, 13)]))
    vector.step([23, 0, 23])  # 13 / 10 is impossible
    with pytest.raises(ResetNeeded, match=r"^step: the episodes of rows \[0, 2\] have ended; reset them"):
        vector.step([0, 0, 0])


def test_options_reach_all_rows_and_are_left_alone() -> None:
    options = {"instance": (4, 9, 10, 13), "reset_mask": np.array([True, False, True])}
    vector = GameOf24Vector(3, puzzles=[(1, 1, 1, 1), (2, 2, 2, 2)])
    vector.reset(seed=0)
    observations, infos = vector.reset(options=options)
    assert observations[[0, 2]].tolist() == [[4, 9, 10, 13]] * 2
    assert observations[1].tolist() != [4, 9, 10, 13]
    assert infos["_action_mask"].tolist() == [True, False, True]
    assert set(options) == {"instance", "reset_mask"}
    assert vector.reset()[0].tolist() != [[4, 9, 10, 13]] * 3  # the next episodes are of the vector's own puzzles


def test_copy_false_hands_out_the_live_buffers() -> None:
    live, safe = DriftVector(4, copy=False), DriftVector(4)
    buffers, _ = live.reset(seed=0)
    first, _ = safe.reset(seed=0)
    before = buffers["sea"].copy()
    actions = np.array([[0, 0], [2, 2], [0, 2], [2, 0]])
    observations, reward, *_ = live.step(actions)
    assert np.shares_memory(observations["sea"], buffers["sea"])
    assert (buffers["sea"] != before).any()
    kept, *_ = safe.step(actions)
    assert not np.shares_memory(kept["sea"], first["sea"])
    np.testing.assert_array_equal(first["sea"], before)
    np.testing.assert_array_equal(kept["sea"], observations["sea"])
    assert live.step(actions)[1] is reward


def arrays(returned: Any) -> list[np.ndarray]:
    """All arrays in what a call returned."""
    if isinstance(returned, np.ndarray):
        return [returned] if returned.dtype != object else arrays(returned.tolist())
    if isinstance(returned, dict):
        returned = list(returned.values())
    return [array for part in returned for array in arrays(part)] if isinstance(returned, list | tuple) else []


@pytest.mark.parametrize("vector_class", [DriftVector, GameOf24Vector])
@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_nothing_that_was_returned_changes(vector_class: Any, mode: str) -> None:
    vector = begun(vector_class(5, autoreset_mode=mode))
    vector.action_space.seed(0)
    returned: list[Any] = [vector.reset(), vector.observe()]
    returned += [vector.step(vector.action_space.sample()) for _ in range(6)]
    kept = [arrays(one) for one in returned]
    before = [[array.copy() for array in one] for one in kept]
    vector.step(vector.action_space.sample())
    vector.reset(options={"reset_mask": np.arange(5) < 2})
    for one, expected in zip(kept, before, strict=True):
        for array, value in zip(one, expected, strict=True):
            np.testing.assert_array_equal(array, value)
    for i, one in enumerate(kept):
        for other in kept[i + 1 :]:
            assert not any(np.shares_memory(a, b) for a in one for b in other)
        assert all(array.flags.writeable for array in one)
    infos = returned[-1][-1]
    told = arrays([value for name, value in infos.items() if not name.startswith("final")])
    assert not any(np.shares_memory(a, b) for i, a in enumerate(told) for b in told[i + 1 :])


def test_texts_are_written_anew_where_episodes_begin() -> None:
    one, other = (gym.make_vec("ige/BabyAI-v0", 4, "vector_entry_point", max_episode_steps=3) for _ in range(2))
    one.reset(seed=0)
    other.reset(seed=0)
    missions = set()
    for _ in range(9):
        observations, *_ = one.step(np.zeros(4, np.int64))
        other.step(np.zeros(4, np.int64))
        assert observations["mission"] == other.unwrapped.observe()[0]["mission"]
        missions.add(observations["mission"])
    assert len(missions) > 1


def test_pickling_a_vector_before_and_after_its_first_reset() -> None:
    fresh = pickle.loads(pickle.dumps(DriftVector(3)))
    with pytest.raises(ResetNeeded):
        fresh.step(np.ones((3, 2), np.int64))
    vector = begun(DriftVector(3, copy=False, autoreset_mode="SameStep"))
    other = pickle.loads(pickle.dumps(vector))
    for _ in range(12):
        actions = vector.action_space.sample()
        one, two = vector.step(actions), other.step(actions)
        assert [a.tobytes() for a in one[1:4]] == [a.tobytes() for a in two[1:4]]
        assert vector.get_state().tobytes() == other.get_state().tobytes()


def test_the_callers_actions_are_left_alone() -> None:
    vector = begun(GameOf24Vector(2))
    actions = np.array([0, 1], np.int32)
    vector.step(actions)
    assert actions.tolist() == [0, 1]


def test_vectors_render_their_rows() -> None:
    assert begun(GameOf24Vector(2)).render() is None
    vector = begun(GameOf24Vector(2, render_mode="ansi", puzzles=[(4, 9, 10, 13)]))
    frames = vector.render()
    assert len(frames) == 2
    assert all(frame.startswith("Numbers: 4 9 10 13.") for frame in frames)


def test_what_make_vec_asks_for() -> None:
    vector = gym.make_vec("test/DriftLimited-v0", num_envs=3)
    assert isinstance(vector, DriftVector)
    assert vector.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert vector.params.max_steps == 4
    assert gym.make_vec("test/DriftLimited-v0", num_envs=1, max_steps=2).params.max_steps == 2
    assert gym.make_vec("test/Drift-v0", num_envs=1, max_episode_steps=-1, max_steps=0).params.max_steps == 0
    with pytest.raises(ValueError, match="nope"):
        DriftVector(2, autoreset_mode="nope")

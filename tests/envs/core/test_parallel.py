"""The multi-agent interface over a kernel and its rows in the loops: what the laws leave open, and every error."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pettingzoo
import pytest
from pettingzoo.utils import parallel_to_aec
from walkers.env import Walkers
from walkers.kernel import JUMP, STATE, STAY, TRIED, WALK, WALKER, WALKERS

from ige.envs.core.batch import DISABLED, NEXT_STEP, SAME_STEP
from ige.envs.core.compile import bind
from ige.envs.core.tell import told_dtype

AGENTS = [f"walker_{k}" for k in range(WALKERS)]


def everybody(action: int) -> dict[str, int]:
    return dict.fromkeys(AGENTS, action)


def played(env: Walkers, seed: int) -> Iterator[tuple[list[str], dict[str, int], Any]]:
    """An episode of random play: who was live, what they did, and what came of it."""
    rng = np.random.default_rng(seed)
    env.reset(seed=seed)
    while env.agents:
        live, actions = env.agents, {agent: int(rng.integers(3)) for agent in env.agents}
        yield live, actions, env.step(actions)


def test_walkers_leave_when_they_come_home() -> None:
    env = Walkers(max_cycles=1000, reward=2.0)
    leaving_order = set()
    for seed in range(20):
        place = None
        left = []
        for live, actions, (observations, rewards, terminated, truncated, infos) in played(env, seed):
            for agent in live:
                if place and not infos[agent]["illegal"]:
                    assert infos[agent]["place"] == (place[agent] + actions[agent]) % 6
                home = infos[agent]["place"] == infos[agent]["home"]
                assert terminated[agent] is home
                assert rewards[agent] == (2.0 if home else -TRIED if infos[agent]["illegal"] else 0.0)
                assert observations[agent]["track"][infos[agent]["place"]] == 2
            assert not any(truncated.values())
            left += [agent for agent in live if terminated[agent]]
            place = {agent: infos[agent]["place"] for agent in live}
            assert env.agents == [agent for agent in live if not terminated[agent]]
        leaving_order.add(tuple(left))
    assert len(leaving_order) > 3


def test_what_those_who_left_submit_is_ignored() -> None:
    one, other = Walkers(max_cycles=30), Walkers(max_cycles=30)
    ignored = 0
    for seed in range(10):
        other.reset(seed=seed)
        for live, actions, outcome in played(one, seed):
            ignored += len(AGENTS) - len(live)
            found = other.step({**everybody(JUMP), **actions})
            assert found[1:4] == outcome[1:4]
            assert one.get_state().tobytes() == other.get_state().tobytes()
    assert ignored > 20


def test_truncation_cuts_those_who_are_left() -> None:
    env, cut = Walkers(max_cycles=4), 0
    for seed in range(20):
        for t, (live, _, (_, _, terminated, truncated, _)) in enumerate(played(env, seed), 1):
            assert truncated == {agent: t == 4 and not terminated[agent] for agent in live}
            cut += sum(truncated.values())
        assert t <= 4
    assert cut > 20


def test_without_agents_a_step_is_empty() -> None:
    env = Walkers()
    assert env.agents == []
    assert env.step(everybody(WALK)) == ({}, {}, {}, {}, {})
    for _ in played(env, 0):
        pass
    before = env.get_state().tobytes()
    assert env.step({}) == env.step(everybody(WALK)) == ({}, {}, {}, {}, {})
    assert env.get_state().tobytes() == before


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        (
            {"walker_0": 0, "walker_2": 0},
            "actions: none for 'walker_1', expected one for each of 'walker_0', 'walker_1'",
        ),
        ({}, "actions: none for 'walker_0', expected one for each of"),
        (
            {**everybody(STAY), "runner": 0},
            "actions: 'runner' is no agent, expected 'walker_0', 'walker_1', 'walker_2'",
        ),
        ({**everybody(STAY), "walker_1": 3}, "actions: walker_1: 3, expected an integer from 0 to 2"),
        ({**everybody(STAY), "walker_1": None}, "actions: walker_1: None, expected an integer from 0 to 2"),
        ({**everybody(STAY), "walker_1": -1}, "actions: walker_1: -1, expected an integer from 0 to 2"),
        ([0, 0, 0], "actions: [0, 0, 0], expected a dictionary from agents to actions"),
        (None, "actions: None, expected a dictionary from agents to actions"),
    ],
)
def test_refused_actions_change_nothing(actions: Any, message: str) -> None:
    env = Walkers()
    env.reset(seed=0)
    before = env.get_state().tobytes()
    with pytest.raises(ValueError, match=f"^{re.escape(message)}") as caught:
        env.step(actions)
    assert "\n" not in str(caught.value)
    assert env.get_state().tobytes() == before


def test_options() -> None:
    env = Walkers()
    env.reset(options={"options": 1})  # PettingZoo's tests pass it
    with pytest.raises(ValueError, match="^options: unknown field 'level', expected: none$"):
        env.reset(options={"level": 1})
    with pytest.raises(ValueError, match="^options: 3, expected a dictionary or None$"):
        env.reset(options=3)  # type: ignore[arg-type]


def test_max_cycles_by_registry_by_assignment_and_wrong() -> None:
    env: Any = pettingzoo.make("parallel", "test/Walkers-v0", max_cycles=2, reward=0.5)
    assert env.max_cycles == 2
    env.reset(seed=0)
    env.step(everybody(STAY))
    env.max_cycles = 3  # in mid-episode, with the machine code of the step at hand
    assert not any(env.step(everybody(STAY))[3].values())
    assert all(env.step(everybody(STAY))[3].values())
    env.max_cycles = None
    assert env.params.max_steps == 0
    assert env.max_cycles is None
    with pytest.raises(ValueError, match="^max_cycles: 0, expected an integer of at least 1$"):
        env.max_cycles = 0


def test_the_first_unseeded_episode_is_random_and_the_next_goes_on() -> None:
    firsts = set()
    for _ in range(8):
        env = Walkers()
        env.reset()
        firsts.add(env.get_state().tobytes())
    assert len(firsts) == 8
    one, other = Walkers(), Walkers()
    states = set()
    for env in (one, other):
        env.reset(seed=3)
        env.reset()
        states.add(env.get_state().tobytes())
    assert len(states) == 1


def test_each_agent_has_spaces_of_its_own() -> None:
    env = Walkers()
    for agent in AGENTS:
        assert env.action_space(agent) is env.action_space(agent)
        assert env.observation_space(agent) is env.observation_space(agent)
    assert env.action_space("walker_0") == env.action_space("walker_1")
    assert env.action_space("walker_0") is not env.action_space("walker_1")


def test_the_state_is_the_numbers_on_which_decisions_depend() -> None:
    env = Walkers()
    env.reset(seed=1)
    row = env.get_state()
    expected = [
        *row["done"],
        *row["walkers"]["place"],
        *row["walkers"]["breath"],
        *row["walkers"]["illegal"],
        row["home"],
    ]
    assert env.state().tolist() == [float(number) for number in expected]
    assert env.state_space.contains(env.state())
    assert parallel_to_aec(env).state_space == env.state_space


def test_a_state_brings_its_agents() -> None:
    env = Walkers(max_cycles=30)
    seen = {}
    for _ in played(env, 4):
        seen[tuple(env.agents)] = env.get_state()
        assert pickle.loads(pickle.dumps(env)).agents == env.agents
    assert len(seen) == 4
    other = Walkers()
    for agents, state in seen.items():
        other.set_state(state)
        assert other.agents == list(agents)
        assert list(other.observe()[0]) == list(agents)
    with pytest.raises(ValueError, match="^state: found NoneType, expected a record from get_state"):
        other.set_state(None)  # type: ignore[arg-type]


def test_masks_by_agent() -> None:
    env = Walkers()
    _, infos = env.reset(seed=0)
    for _ in range(3):
        breath = env.get_state()["walkers"]["breath"].tolist()
        expected = {agent: [True, True, bool(b)] for agent, b in zip(AGENTS, breath, strict=True)}
        assert {agent: mask.tolist() for agent, mask in env.action_masks().items()} == expected
        assert all(infos[agent]["action_mask"].tolist() == expected[agent] for agent in env.agents)
        infos = env.step(everybody(STAY))[-1]


def test_render() -> None:
    env = Walkers(render_mode="ansi")
    env.reset(seed=0)
    assert env.render() == env.describe()
    with pytest.raises(ValueError, match=r"^render_mode: 'rgb_array', expected one of \['ansi'\] or None$"):
        Walkers(render_mode="rgb_array")


def test_records_within_records_have_no_hidden_bytes() -> None:
    def named(dtype: np.dtype[Any]) -> int:
        fields = (dtype.fields or {}).values()
        return sum(named(f.base) * int(np.prod(f.shape)) if f.base.names else f.itemsize for f, *_ in fields)

    assert WALKER.itemsize > sum(field.itemsize for field, _ in WALKER.fields.values())
    assert named(STATE) == STATE.itemsize


# --- rows in the loops -----------------------------------------------------------------------------------------------


class Rows:
    """Walkers in rows, each as if alone."""

    def __init__(self, n: int, mode: int, parallel: bool) -> None:
        self.single, self.mode, self.n = Walkers(max_cycles=6), mode, n
        kernel = self.single.kernel
        self.loops = bind(kernel.module, parallel, kernel.observe, multi_agent=True)
        self.state = np.zeros(n, kernel.state)
        rows = n if mode == SAME_STEP else 0
        self.out, self.mask = np.zeros(n, kernel.observation), np.zeros((n, kernel.n_masked), np.int8)
        self.reward, self.terminated, self.truncated = (np.zeros((n, WALKERS), t) for t in (float, np.bool_, np.bool_))
        self.begun, self.told = np.zeros(n, np.bool_), np.zeros(n, told_dtype(kernel))
        self.final = np.zeros(rows, kernel.state)

    def reset(self, chosen: np.ndarray) -> None:
        self.loops.reset(self.state, self.single.params, chosen)
        self.look()

    def step(self, action: np.ndarray) -> None:
        self.loops.step(
            self.state, self.single.params, action, self.mode, self.reward, self.terminated, self.truncated,
            self.begun, self.final,
        )  # fmt: skip
        self.look()

    def look(self) -> None:
        self.loops.observe(self.state, self.single.params, self.out, self.mask, self.told)


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("mode", [NEXT_STEP, SAME_STEP, DISABLED])
def test_rows_are_single_environments_in_every_autoreset_mode(mode: int, parallel: bool) -> None:
    rows, singles = Rows(9, mode, parallel), [Walkers(max_cycles=6) for _ in range(9)]
    for i, env in enumerate(singles):
        env.reset(seed=i)
        rows.state[i] = env.get_state()
        env.reset()
    rows.reset(np.ones(9, np.bool_))
    rng, ends, waits = np.random.default_rng(mode), 0, 0
    for _ in range(40):
        action = rng.integers(0, 3, (9, WALKERS))
        if mode == DISABLED:
            over = rows.state["over"].copy()
            rows.reset(over)
            for env in np.array(singles, object)[over]:
                env.reset()
        rows.step(action)
        for i, env in enumerate(singles):
            if not env.agents and mode == NEXT_STEP:
                env.reset()
                assert rows.begun[i]
                assert not any(values[i].any() for values in (rows.reward, rows.terminated, rows.truncated))
            else:
                live = env.agents
                outcome = env.step(dict(zip(AGENTS, action[i].tolist(), strict=True)))
                for k, agent in enumerate(AGENTS):
                    if agent in live:
                        found = rows.reward[i, k], rows.terminated[i, k], rows.truncated[i, k]
                        assert found == tuple(part[agent] for part in outcome[1:4])
                    else:
                        waits += 1
                        assert (rows.reward[i, k], rows.terminated[i, k], rows.truncated[i, k]) == (0, True, False)
                if not env.agents:
                    ends += 1
                    assert (rows.terminated[i] | rows.truncated[i]).all()
                    if mode == SAME_STEP:
                        assert rows.begun[i]
                        assert rows.final[i].tobytes() == env.get_state().tobytes()
                        env.reset()
            assert rows.state[i].tobytes() == env.get_state().tobytes()
            assert rows.out[i].tobytes() == env._out[0].tobytes()
            assert rows.mask[i].tobytes() == env._mask[0].tobytes()
    assert ends > 40
    assert waits > 40

"""Compiled policies trust nobody: whatever they are told by hand is checked first, and copies and files are the same.

How each policy plays is tested beside it, in `tests/solvers/bandits` and `tests/solvers/online`.
"""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

from ige.solvers.bandits import POLICIES as ARMS
from ige.solvers.bandits import make_policy as of_arms
from ige.solvers.bandits.contextual import LINEAR, make_linear
from ige.solvers.core.fused import Policy
from ige.solvers.online import POLICIES as ONLINE
from ige.solvers.online import make_policy as online

ROWS = 3
EVERY: dict[str, tuple[str, Callable[..., Policy]]] = {
    **{f"{name} of arms": ("ige/TallyingBandit-v0", partial(of_arms, name)) for name in ARMS},
    **{name: ("ige/PaymentRouting-v0", partial(make_linear, name)) for name in LINEAR},
    **{
        name: (f"ige/{core.__name__}-v0", partial(online, name)) for core, names in ONLINE.items() for name in names
    },
}
ANYTHING = [True, np.True_, np.nan, np.inf, -np.inf, 10**30, None, "a", "0", b"0", 1j, {}, {0}, [], [[]], object(), np]


@pytest.fixture(params=EVERY)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def make(name: str, vector: bool) -> tuple[Policy, Any, Any, dict[str, Any]]:
    """A policy, its environment, the first observation and info."""
    id, maker = EVERY[name]
    env: Any = gym.make_vec(id, ROWS) if vector else gym.make(id, disable_env_checker=True)
    return maker(env, seed=1), env, *env.reset(seed=1)


def wrong_members(space: gym.Space[Any], good: Any, vector: bool) -> Iterator[Any]:
    """What is no member of a space, or of a row of them, made of one that is."""
    shape, whole = np.shape(good), not isinstance(space, spaces.Box) or space.dtype.kind == "i"
    yield from ANYTHING
    yield torch.as_tensor(np.asarray(good))
    yield np.asarray(good).astype(object)
    yield np.asarray(good).astype(str)
    yield np.ones(shape, np.bool_)
    yield np.zeros((*shape, 1))
    yield np.zeros(shape[1:]) if shape else [good]
    if shape:
        yield np.asarray(good)[:-1]
        yield 0
    last = (shape[0] - 1, *(0,) * (len(shape) - 1)) if shape else ()
    match space:
        case spaces.Discrete():
            outside: list[float] = [-1, int(space.n), int(space.n) + 10**6, 10**8, 2**63 - 1]
        case spaces.MultiBinary():
            outside = [-1, 2, 10**8]
        case _:
            edges = [*(space.low.ravel()[:1] - 1), *(space.high.ravel()[:1] + 1)]  # type: ignore[attr-defined]
            outside = [float(edge) for edge in edges if np.isfinite(edge)]
    for value in outside + ([1.5] if whole else [np.nan, np.inf]):
        entry = np.array(good, np.float64 if value in (1.5, np.inf) or value != value else np.asarray(good).dtype)
        if entry.dtype.kind in "iu" and not np.can_cast(np.min_scalar_type(int(value)), entry.dtype):
            entry = entry.astype(np.int64)
        entry[last] = value
        yield entry if shape else entry.item()


def wrong_observations(core: Any, good: Any, vector: bool) -> Iterator[Any]:
    if not isinstance(core.observation_space, spaces.Dict):
        yield from wrong_members(core.observation_space, good, vector)
        return
    yield from (None, "a", {}, list(good.values()), np.zeros(3), torch.zeros(3))
    for part in core.kernel.observation.names:
        yield {name: value for name, value in good.items() if name != part}
        for wrong in wrong_members(core.observation_space[part], good[part], vector):
            yield {**good, part: wrong}


def refused(policy: Policy, argument: str, call: Callable[[], Any], wrong: Any) -> None:
    before = policy.state.tobytes()
    said = f"{argument} {wrong!r} was taken"
    try:
        call()
    except ValueError as error:
        said = str(error)
    assert re.match(rf"{argument}.*: .*expected .*$", said), said
    assert policy.state.tobytes() == before


@pytest.mark.parametrize("vector", [False, True])
def test_nothing_wrong_is_learnt_from(name: str, vector: bool) -> None:
    policy, env, shown, info = make(name, vector)
    action = policy.act(shown, info.get("action_mask"))
    core = policy.core
    reward = np.zeros(ROWS) if vector else 0.0
    for wrong in wrong_members(core.action_space, action, vector):
        refused(policy, "action", partial(policy.update, wrong, reward, shown), wrong)
    for wrong in wrong_members(spaces.Box(-np.inf, np.inf, (), np.float64), reward, vector):
        refused(policy, "reward", partial(policy.update, action, wrong, shown), wrong)
    for wrong in wrong_observations(core, shown, vector):
        refused(policy, "observation", partial(policy.update, action, reward, wrong), wrong)
        refused(policy, "observation", partial(policy.act, wrong, info.get("action_mask")), wrong)
    shown, reward, *_ = env.step(action)
    policy.update(action, reward, shown)
    policy.update(np.asarray(action).tolist(), np.asarray(reward).tolist(), shown)  # plain numbers do as well


def test_a_mask_is_checked(name: str) -> None:
    policy, env, shown, info = make(name, False)
    if "action_mask" not in info:
        with pytest.raises(ValueError, match=r"^mask: found one, expected None: all actions of "):
            policy.act(shown, np.ones(4, np.int8))
        return
    good = info["action_mask"]
    for wrong in wrong_members(spaces.MultiBinary(len(good)), good, False):
        if wrong is not None and not (isinstance(wrong, np.ndarray) and wrong.dtype == np.bool_):
            refused(policy, "mask", partial(policy.act, shown, wrong), wrong)
    with pytest.raises(ValueError, match=r"^mask: row 0 allows no action, expected at least one$"):
        policy.act(shown, 0 * good)
    assert policy.act(shown, env.unwrapped.action_masks()) == copy.deepcopy(policy).act(shown, good)


def test_to_update_one_has_to_act_first(name: str) -> None:
    policy, env, shown, info = make(name, False)
    action = env.action_space.sample()
    with pytest.raises(ValueError, match=r"^action: update was called before act, expected "):
        policy.update(action, 0.0, shown)
    policy.act(shown, info.get("action_mask"))
    for _ in range(40):  # of an action that `act` did not choose
        policy.update(action, 0.0, shown)
        policy.act(shown, info.get("action_mask"))
    policy.reset()
    with pytest.raises(ValueError, match=r"^action: update was called before act"):
        policy.update(action, 0.0, shown)


@pytest.mark.parametrize("vector", [False, True])
def test_copies_and_files_go_on_as_the_original(name: str, vector: bool, tmp_path: Path) -> None:
    policy, env, shown, info = make(name, vector)
    for _ in range(3):
        action = policy.act(shown, info.get("action_mask"))
        shown, reward, _, _, info = env.step(action)
        policy.update(action, reward, shown)
    policy.save(tmp_path / "policy.npz")
    copies = [copy.deepcopy(policy), pickle.loads(pickle.dumps(policy)), Policy.load(tmp_path / "policy.npz", env)]
    action = policy.act(shown, info.get("action_mask"))
    policy.update(action, reward, shown)
    for other in copies:
        assert other.name == policy.name
        np.testing.assert_array_equal(other.act(shown, info.get("action_mask")), action)
        other.update(action, reward, shown)
        assert (other.state == policy.state).all()


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    env = gym.make("ige/TallyingBandit-v0")
    path = tmp_path / "policy.npz"
    with pytest.raises(ValueError, match=r"^.*policy\.npz: there is no such file$"):
        Policy.load(path, env)
    of_arms("ucb1", env).save(path)
    few = gym.make("ige/TallyingBandit-v0", arms=5)
    with pytest.raises(ValueError, match=r"env: the policy is for .*Discrete\(10\), expected .*Discrete\(5\)$"):
        Policy.load(path, few)
    with pytest.raises(ValueError, match=r"policy\.npz: rows: the policy is for 1, expected 2$"):
        Policy.load(path, gym.make_vec("ige/TallyingBandit-v0", 2))
    whole = path.read_bytes()
    np.savez(path, state=np.zeros(3))
    with pytest.raises(ValueError, match=r"policy\.npz: no policy that save wrote: "):
        Policy.load(path, env)
    changed = whole.replace(b"solvers.bandits.ucb", b"solvers.bandits.uxb")
    for damaged in (b"", b"nothing", whole[:100], whole[:-30], changed):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"policy\.npz: no policy that save wrote: "):
            Policy.load(path, env)


def test_a_file_can_name_no_module_that_was_not_imported(tmp_path: Path) -> None:
    env = gym.make("ige/TallyingBandit-v0")
    policy = of_arms("ucb1", env)
    policy.module = type(np)("antigravity")
    policy.save(tmp_path / "policy.npz")
    with pytest.raises(ValueError, match=r"module 'antigravity', expected one of ige or one that is imported$"):
        Policy.load(tmp_path / "policy.npz", env)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seeds": 3}, "seeds: 3, expected a sequence of at least one integer"),
        ({"seeds": []}, r"seeds: \[\], expected a sequence"),
        ({"seeds": [0, -1]}, r"seeds\[1\]: -1, expected an integer of at least 0"),
        ({"seeds": [1.5]}, r"seeds\[0\]: 1.5, expected an integer"),
        ({"seeds": [True]}, r"seeds\[0\]: True, expected an integer"),
        ({"seeds": "ab"}, r"seeds\[0\]: 'a', expected an integer"),
        ({"rounds": 0}, "rounds: 0, expected ascending numbers from 1 to the horizon 1000"),
        ({"rounds": []}, r"rounds: \[\], expected ascending"),
        ({"rounds": [5, 1.5]}, r"rounds: \[5, 1.5\], expected ascending"),
        ({"rounds": [5, 10**30]}, "rounds: .*, expected ascending"),
        ({"rounds": "all"}, "rounds: 'all', expected ascending"),
        ({"rounds": [[1, 2]]}, r"rounds: \[\[1, 2\]\], expected ascending"),
        ({"policy_seed": -1}, "policy_seed: -1, expected an integer from 0"),
        ({"policy_seed": 2**64}, "policy_seed: .*, expected an integer from 0"),
        ({"policy_seed": None}, "policy_seed: None, expected an integer"),
        ({"watch": ["pulls", "secrets"]}, "watch: 'secrets', expected fields of rng, pulls, mean, rounds, "),
        ({"watch": "pulls"}, "watch: 'p', expected fields of "),
        ({"options": {"arms": 3}}, "options: unknown field 'arms'"),
    ],
)
def test_what_a_roll_out_refuses(arguments: dict[str, Any], message: str) -> None:
    policy = of_arms("ucb1", gym.make("ige/TallyingBandit-v0"))
    with pytest.raises(ValueError, match=f"^{message}"):
        policy.play(**{"seeds": [0], **arguments})

"""The BQ policy: what it is shown is what the environments show, what it decodes is what a roll-out does, it learns."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch

import ige
from ige.envs.combinatorial.instance import CVRP, TSP, Instance, Knapsack, Orienteering
from ige.solvers.nco.bq import BQPolicy
from ige.solvers.nco.direct import DirectPolicy
from ige.solvers.nco.experts import solve_all
from ige.solvers.nco.learning import LearnConfig
from ige.solvers.nco.network import PAPER, BQNetwork, NetworkConfig
from ige.solvers.nco.rows import Rows
from ige.solvers.nco.sampling import Routes, sampler
from ige.solvers.nco.solvers import solve

assert ige
PROBLEMS = ["TSP", "ATSP", "CVRP", "Orienteering", "Knapsack"]
SMALL = {"TSP": 6, "ATSP": 6, "CVRP": 5, "Orienteering": 6, "Knapsack": 6}  # as in tests/envs: compiled once


@pytest.fixture(autouse=True)
def _one_thread() -> Any:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def draw(problem: str, n: int, count: int, seed: int = 0) -> list[Instance]:
    env: Any = gym.make(f"ige/{problem}-v0", n=n).unwrapped
    env.reset(seed=seed)
    found = []
    for _ in range(count):
        env.reset()
        found.append(env.instance)
    return found


def small(problem: str, seed: int = 0) -> BQPolicy:
    """A policy whose layers do something from the start."""
    policy = BQPolicy(NetworkConfig(problem, width=24, layers=2, heads=3, hidden=32), seed, "cpu")
    with torch.no_grad():
        for name, value in policy.network.named_parameters():
            if name.endswith(("alpha", "beta", "ways")):
                value.fill_(0.5)
    return policy


# --- the network ------------------------------------------------------------------------------------------------------


def test_the_papers_size() -> None:
    """3,107,539 weights in the authors' code (the sheet's section 3); ours has no biases in attention's output."""
    count = sum(p.numel() for p in BQNetwork(NetworkConfig("TSP", **PAPER)).parameters())
    assert count == pytest.approx(3_107_539, rel=0.005)


@pytest.mark.parametrize("problem", ["TSP", "CVRP", "Orienteering", "Knapsack"])
def test_permuting_the_tokens_permutes_the_logits(problem: str) -> None:
    network = small(problem).network
    torch.manual_seed(0)
    tokens = torch.rand(3, 9, network.embed.in_features)
    order = torch.cat([torch.tensor([0]), 1 + torch.randperm(7), torch.tensor([8])])
    assert torch.allclose(network(tokens)[:, order], network(tokens[:, order]), atol=1e-5)


@pytest.mark.parametrize("problem", ["TSP", "CVRP", "Orienteering", "Knapsack"])
def test_padding_changes_nothing(problem: str) -> None:
    network = small(problem).network
    tokens = torch.rand(2, 9, network.embed.in_features)
    count = torch.tensor([6, 9])
    assert torch.allclose(network(tokens, count)[0, :6], network(tokens[:1, :6])[0], atol=1e-5)


def test_the_distances_of_an_atsp_matter() -> None:
    network = small("ATSP").network
    with torch.no_grad():
        for block in network.blocks:
            block.ways[0] *= -2
    matrix = torch.rand(1, 6, 6)
    found = []
    for shown in (matrix, matrix.transpose(1, 2)):
        torch.manual_seed(0)
        found.append(network(shown))
    assert not torch.allclose(found[0], found[1], atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"problem": "VRP"}, "problem: 'VRP', expected one of 'TSP'"),
        ({"heads": 5}, "heads: 5, expected a divisor of the width 96"),
        ({"layers": 0}, "layers: 0, expected at least 1"),
    ],
)
def test_sizes_that_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NetworkConfig(**arguments)


# --- sub-problems -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", ["CVRP", "Orienteering"])
def test_sub_problems_are_what_the_environment_shows(problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Along the expert's solution, up to the order of the tokens; without the symmetries, which are switched off."""
    monkeypatch.setattr("ige.solvers.nco.sampling.turned", lambda rng, points: points)
    [instance] = draw(problem, 8, 1, seed=3)
    actions = solve_all([instance], "local-search", workers=1, cache=False).actions
    source, rng = sampler([instance], actions), np.random.default_rng(0)
    env = gym.make(f"ige/{problem}-v0", instances=instance)
    for _ in range(60):
        batch = source.sample(rng, 1)
        tokens = batch.tokens[0].numpy()
        if isinstance(instance, CVRP):
            last = {tuple(np.round(t, 5)) for t in tokens[1:-1, :2]}
            done = [j for j in range(1, 9) if tuple(np.round(instance.points[j], 5).astype(np.float32)) not in last]
            assert len(tokens) == 8 - len(done) + 2
            full = instance.demands[1:].sum() / instance.capacity
            assert tokens[1:-1, 2].sum() + instance.demands[done].sum() / instance.capacity == pytest.approx(full)
            continue
        observation, info = env.reset(seed=0)
        for action in actions[0][: 8 + 2 - len(tokens)].tolist():
            observation, *_, info = env.step(action)
        count = observation["n_tokens"]
        assert count == len(tokens)
        node = observation["node_id"][:count]
        for k, shown in enumerate(observation["tokens"][:count]):
            candidates = range(1, count - 1) if 0 < k < count - 1 else [k]
            [same] = [i for i in candidates if np.allclose(tokens[i], shown, atol=1e-6)]
            inside = 0 < k < count - 1
            assert bool(batch.legal[0, same, 0]) == (inside and bool(info["action_mask"][node[k]]))
            if batch.target[0, same, 0]:
                assert node[k] == actions[0][8 + 2 - len(tokens)]


def test_more_than_can_be_used_is_shown_as_the_environment_shows_it() -> None:
    some: list[Instance] = [Orienteering([[0, 0], [0, 1], [1, 1]], [0, 1, 1], 99.0), Knapsack([1, 1], [1, 1], 99.0)]
    for instance in some:
        actions = solve_all([instance], "exact", workers=1, cache=False).actions
        observation, _ = gym.make(f"ige/{instance.problem}-v0", instances=instance).reset(seed=0)
        source, rng = sampler([instance], actions), np.random.default_rng(0)
        found = [source.sample(rng, 1).tokens for _ in range(10)]
        [whole, *_] = [tokens for tokens in found if tokens.shape[1] == len(observation["tokens"])]
        assert whole[0, 0, -1] == observation["tokens"][0, -1]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_targets_are_legal_distributions(problem: str) -> None:
    instances = draw(problem, 8, 20)
    source = sampler(instances, solve_all(instances, "exact", workers=1, cache=False).actions)
    rng = np.random.default_rng(0)
    sizes = set()
    for _ in range(50):
        batch = source.sample(rng, 16)
        sizes.add(batch.tokens.shape[1])
        assert batch.legal[batch.target > 0].all()
        assert torch.allclose(batch.target.sum((1, 2)), torch.ones(16))
        assert torch.isfinite(batch.tokens).all()
        assert (batch.tokens >= 0).all()
    assert len(sizes) >= 4
    assert max(sizes) == {"TSP": 9, "ATSP": 9, "Knapsack": 8}.get(problem, 10)  # the first decision is among them
    if problem == "CVRP":
        assert min(sizes) == 3  # and the last, which says whether to load again


@pytest.mark.parametrize("problem", PROBLEMS)
def test_sizes_mix_in_learning_but_not_in_a_batch(problem: str) -> None:
    instances, rows = [], []
    for n, count in ((SMALL[problem], 10), (8, 30)):
        some = draw(problem, n, count)
        instances += some
        rows += solve_all(some, "exact", workers=1, cache=False).actions.tolist()
    most = max(map(len, rows))
    actions = np.array([row + [-1] * (most - len(row)) for row in rows])
    order = np.random.default_rng(0).permutation(40)
    source, rng = sampler([instances[i] for i in order], actions[order]), np.random.default_rng(1)
    seen = [source.sample(rng, 8) for _ in range(200)]
    for batch in seen:
        assert batch.legal[batch.target > 0].all()
        assert torch.allclose(batch.target.sum((1, 2)), torch.ones(8))
    largest = [batch.tokens.shape[1] for batch in seen]
    whole = max(sampler(instances[:10], actions[:10]).sample(rng, 8).tokens.shape[1] for _ in range(60))
    assert max(largest) == whole + 8 - SMALL[problem]
    assert small(problem).learn(instances, actions, LearnConfig(steps=3, batch=4))


def test_stretches_of_a_tour() -> None:
    """The label is the tour's next node, whichever the start, the direction and the symmetry."""
    instances = draw("TSP", 8, 5)
    actions = solve_all(instances, "exact", workers=1, cache=False).actions
    lengths = {}
    for instance, row in zip(instances, actions, strict=True):
        tour = instance.points[[0, *row, 0]]
        for a, b in pairwise(tour):
            lengths[round(float(np.hypot(*(a - b))), 4)] = True
    batch = sampler(instances, actions).sample(np.random.default_rng(1), 50)
    apart = torch.linalg.norm(batch.tokens[:, 1:] - batch.tokens[:, :-1], dim=-1)
    assert all(round(float(length), 4) in lengths for length in apart.ravel())


def test_the_fullest_route_comes_first() -> None:
    instances = draw("CVRP", 20, 10)
    actions = solve_all(instances, "local-search", workers=1, cache=False).actions
    source = Routes(instances, actions)
    for i in range(10):
        loads = [
            source.demands[i, source.customers[i, source.route[i] == r]].sum() for r in range(source.route[i].max())
        ]
        assert loads == sorted(loads, reverse=True)


# --- decoding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", ["TSP", "CVRP", "Orienteering", "Knapsack"])
def test_greedy_decoding_is_an_ordinary_roll_out(problem: str) -> None:
    policy, instances = small(problem), draw(problem, 8, 5, seed=7)
    decoded = policy.predict(instances)
    for i, instance in enumerate(instances):
        env = gym.make(f"ige/{problem}-v0", instances=instance)
        observation, info = env.reset(seed=0)
        over, actions = False, []
        while not over:
            count = observation["n_tokens"]
            nodes = observation["node_id"][:count].astype(int)
            with torch.inference_mode():
                logits = policy.network(torch.from_numpy(observation["tokens"][None, :count]))[0].numpy()
            choices = policy.config.outputs * nodes[:, None] + np.arange(policy.config.outputs)
            scores = np.where(info["action_mask"][choices] > 0, logits, -np.inf)
            actions.append(int(choices.ravel()[scores.argmax()]))
            observation, _, over, _, info = env.step(actions[-1])
        assert decoded.actions[i][decoded.actions[i] >= 0].tolist() == actions
        assert decoded.objective[i] == pytest.approx(info["objective"])


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_beam_as_wide_as_the_tree_finds_the_optimum(problem: str) -> None:
    instances = draw(problem, SMALL[problem], 4, seed=2)
    best = solve_all(instances, "exact", workers=1, cache=False).objective
    assert small(problem).predict(instances, beam=4000).objective == pytest.approx(best)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_few_tokens_still_make_solutions(problem: str) -> None:
    instances = draw(problem, 8, 3)
    decoded = small(problem).predict(instances, nearest=5)
    assert (decoded.objective > 0).all()
    assert (small(problem).predict(instances, nearest=3).objective > 0).all()


def test_few_tokens_of_orienteering_are_near_or_dear() -> None:
    """Half by distance, half by prize, none that is out of reach; the depot stays."""
    near = [[0.5, 0.5 + k / 100] for k in range(1, 9)]
    far = [[0.5 + k / 100, 0.9] for k in range(1, 5)]
    points, prizes = [[0.5, 0.5], *near, *far, [1, 1]], [0, *[0.1] * 8, 0.6, 0.7, 0.8, 0.9, 1]
    policy, rows = small("Orienteering"), Rows([Orienteering(points, prizes, 1.0)])
    actions, scores = policy.candidates(rows, nearest=6)
    assert actions.tolist() == [[0, 1, 2, 11, 12, 0]]
    assert np.isfinite(scores).tolist() == [[False, True, True, True, True, False]]
    assert policy.candidates(rows, nearest=3)[0].tolist() == [[0, 1, 0]]


def test_an_atsp_is_solved_alike_each_time() -> None:
    """Although its tokens are told apart by random numbers; those of others are not disturbed."""
    instances = draw("ATSP", 8, 5)
    actions = solve_all(instances, "exact", workers=1, cache=False).actions
    found = []
    for seed in range(2):
        torch.manual_seed(seed)
        policy = small("ATSP")
        losses = policy.learn(instances, actions, LearnConfig(steps=5, batch=8))
        found.append((losses, policy.predict(instances).actions.tolist()))
        after = torch.rand(())
        torch.manual_seed(seed)
        assert torch.rand(()) == after
    assert found[0] == found[1]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_little_learning_helps(problem: str) -> None:
    instances = draw(problem, 8, 200)
    solved = solve_all(instances, "exact", workers=1, cache=False)
    test = draw(problem, 8, 50, seed=99)
    policy = BQPolicy(NetworkConfig(problem, width=32, layers=2, heads=4, hidden=64), 0, "cpu")
    before = policy.predict(test).objective.mean()
    losses = policy.learn(instances, solved.actions, LearnConfig(steps=500, batch=64, learning_rate=2e-3, warm_up=20))
    after = policy.predict(test).objective.mean()
    assert np.mean(losses[150:]) < np.mean(losses[:20])
    assert after < before if test[0].minimise else after > before


def test_learning_is_repeatable() -> None:
    instances = draw("TSP", 6, 20)
    actions = solve_all(instances, "exact", workers=1, cache=False).actions
    runs = [small("TSP").learn(instances, actions, LearnConfig(steps=5, batch=8)) for _ in range(2)]
    assert runs[0] == runs[1]


def test_rows_are_copies() -> None:
    rows = Rows(draw("TSP", 6, 3))
    other = rows.taken(np.array([1, 1]))
    other.step(np.array([1, 2]))
    assert (rows.state["steps"] == 0).all()
    assert other.state["solution"][:, 0].tolist() == [1, 2]


# --- files and errors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("half", [False, True])
def test_saving_and_loading(half: bool, tmp_path: Path) -> None:
    policy, instances = small("CVRP"), draw("CVRP", 8, 4)
    policy.save(tmp_path / "policy.safetensors", {"trained": "never"}, half)
    again = BQPolicy.load(tmp_path / "policy.safetensors", "cpu")
    assert again.config == policy.config
    assert again.notes == {"trained": "never"}
    if not half:
        assert (again.predict(instances).actions == policy.predict(instances).actions).all()


def test_what_is_refused(tmp_path: Path) -> None:
    policy = small("TSP")
    (tmp_path / "no.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="no.safetensors: .*, expected the weights of a BQPolicy"):
        BQPolicy.load(tmp_path / "no.safetensors")
    policy.save(tmp_path / "tsp.safetensors")
    with pytest.raises(ValueError, match=r"weights: '.*tsp\.safetensors' solve TSP, expected Knapsack"):
        solve(draw("Knapsack", 6, 1)[0], "bq", tmp_path / "tsp.safetensors")
    with pytest.raises(ValueError, match=r"instances\[0\]: found Knapsack, expected TSP"):
        policy.predict(draw("Knapsack", 6, 1))
    with pytest.raises(ValueError, match="nearest: 2, expected at least 3"):
        policy.predict([TSP([[0, 0], [1, 1]])], nearest=2)
    with pytest.raises(ValueError, match="beam: 0, expected at least 1"):
        policy.predict([TSP([[0, 0], [1, 1]])], beam=0)
    with pytest.raises(ValueError, match="actions: 2 rows for 1 instances"):
        policy.learn([TSP([[0, 0], [1, 1]])], np.array([[1], [1]]))


# --- the direct policy ------------------------------------------------------------------------------------------------


def test_the_direct_policy_learns() -> None:
    instances, test = draw("TSP", 8, 200), draw("TSP", 8, 50, seed=99)
    actions = solve_all(instances, "exact", workers=1, cache=False).actions
    policy = DirectPolicy(NetworkConfig("TSP", width=32, layers=2, heads=4, hidden=64), 0, "cpu")
    before = policy.predict(test).objective.mean()
    losses = policy.learn(instances, actions, LearnConfig(steps=150, batch=32, learning_rate=3e-3, warm_up=20))
    after = policy.predict(test)
    assert np.mean(losses[-20:]) < 0.8 * np.mean(losses[:5])
    assert after.objective.mean() < before
    assert (policy.predict(test, beam=8).objective <= after.objective + 1e-9).mean() > 0.9


def test_pointing_at_all_steps_is_pointing_step_by_step() -> None:
    """What is learnt from at once is what decoding asks one after the other."""
    policy = DirectPolicy(NetworkConfig("TSP", width=24, layers=2, heads=3, hidden=32), 0, "cpu")
    [instance] = draw("TSP", 8, 1)
    rows = Rows([instance], "direct")
    candidates = policy._begin(rows)
    with torch.inference_mode():
        nodes = policy.network.encode(torch.from_numpy(rows.observation["points"].copy()))
        steps = torch.arange(5)
        open_ = torch.arange(8) > steps[:, None]
        logits = policy.network.point(nodes, steps[None], torch.zeros_like(steps)[None], None, open_[None])
        at_once = torch.log_softmax(logits.double(), -1)[0].numpy()
    for t in range(5):
        _, scores = candidates(rows)
        assert np.allclose(scores[0], at_once[t], atol=1e-5)
        rows.step(np.array([t + 1]))


def test_the_direct_policy_is_for_the_tsp() -> None:
    with pytest.raises(ValueError, match="problem: 'CVRP', expected 'TSP'"):
        DirectPolicy(NetworkConfig("CVRP"))

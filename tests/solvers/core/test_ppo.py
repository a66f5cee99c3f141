"""Advantages against a slow reference, the objective against arithmetic by hand, checkpoints bit for bit."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from ige.solvers.core import one_thread
from ige.solvers.core.ppo import PPO, PPOConfig, Rollout, gae, losses
from ige.solvers.core.recurrent import ActorCritic

STEPS, ROWS, ACTIONS = 6, 4, 3


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


class Plain(nn.Module):
    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        return observations["x"]


def agent(config: PPOConfig | None = None, seed: int = 0, **kwargs: Any) -> PPO:
    network = ActorCritic(Plain(), 2, ACTIONS, memory="gru", size=5, policy=(4,), value=(4,), **kwargs)
    return PPO(network, config or PPOConfig(learning_rate=1e-2, epochs=2, minibatches=2), seed=seed)


def rollout(ppo: PPO, seed: int = 0) -> Rollout:
    """A made-up rollout whose probabilities and values are those of the policy."""
    generator = torch.Generator().manual_seed(seed)
    seen = {"x": torch.randn(STEPS, ROWS, 2, generator=generator)}
    starts, dones = (torch.rand(STEPS, ROWS, generator=generator) < 0.3 for _ in range(2))
    actions = torch.randint(ACTIONS, (STEPS, ROWS), generator=generator)
    state = torch.randn(ROWS, ppo.network.state_size, generator=generator)
    with torch.no_grad():
        logits, values = ppo.network.sequence(seen, state, starts)
    log_probs = logits.log_softmax(-1).gather(-1, actions.unsqueeze(-1)).squeeze(-1)
    rewards = torch.randn(STEPS, ROWS, generator=generator)
    bootstraps = torch.rand(STEPS, ROWS, generator=generator) * dones
    last = torch.randn(ROWS, generator=generator)
    return Rollout(seen, actions, log_probs, values, rewards, starts, dones, bootstraps, last, state)


# --- advantages -------------------------------------------------------------------------------------------------------

numbers = st.floats(-3, 3, width=32)
steps = st.tuples(numbers, numbers, st.sampled_from(["goes on", "terminated", "truncated"]), numbers)


def one_row(
    row: list[tuple[float, float, str, float]], last_value: float, discount: float, gae_lambda: float
) -> list[float]:
    """The advantages of one row from their definition: sums of discounted errors up to the episode's end."""
    errors = []
    for t, (reward, value, end, final_value) in enumerate(row):
        after = row[t + 1][1] if t + 1 < len(row) else last_value
        errors.append(reward + discount * {"goes on": after, "terminated": 0, "truncated": final_value}[end] - value)
    advantages = []
    for t in range(len(row)):
        total, weight = 0.0, 1.0
        for k in range(t, len(row)):
            total += weight * errors[k]
            if row[k][2] != "goes on":
                break
            weight *= discount * gae_lambda
        advantages.append(total)
    return advantages


@settings(deadline=None)
@given(
    st.lists(st.lists(steps, min_size=5, max_size=5), min_size=1, max_size=3),
    numbers,
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_advantages_are_discounted_sums_of_errors(
    rows: list[list[tuple[float, float, str, float]]], last: float, discount: float, gae_lambda: float
) -> None:
    def field(i: int) -> Tensor:
        return torch.tensor([[step[i] for step in row] for row in rows], dtype=torch.float64).T

    ends = [[step[2] for step in row] for row in rows]
    dones = torch.tensor([[end != "goes on" for end in row] for row in ends]).T
    truncated = torch.tensor([[end == "truncated" for end in row] for row in ends]).T
    last_values = torch.full((len(rows),), last, dtype=torch.float64)
    found = gae(field(0), field(1), dones, field(3) * truncated, last_values, discount, gae_lambda)
    expected = [one_row(row, last, discount, gae_lambda) for row in rows]
    torch.testing.assert_close(found.T, torch.tensor(expected, dtype=torch.float64))


def test_nothing_comes_back_over_the_end_of_the_last_step() -> None:
    ppo = agent()
    given = rollout(ppo)
    given.dones[-1] = True
    given.bootstraps[:] = 0
    other = given._replace(last_values=given.last_values + 100)
    assert torch.equal(ppo.advantages(given), ppo.advantages(other))


# --- the objective ----------------------------------------------------------------------------------------------------


def tiny() -> tuple[Tensor, Tensor, Rollout, Tensor, Tensor]:
    """Two steps of one row with two actions: now 3/4 and 1/2 are the probabilities of what once had 1/2 and 4/5."""
    logits = torch.tensor([[[math.log(3.0), 0.0]], [[0.0, 0.0]]])
    values = torch.tensor([[1.0], [0.1]])
    column = torch.zeros(2, 1)
    old = Rollout(
        observations={}, actions=torch.tensor([[0], [1]]), log_probs=torch.tensor([[0.5], [0.8]]).log(),
        values=torch.tensor([[0.5], [0.0]]), rewards=column, starts=column > 0, dones=column > 0, bootstraps=column,
        last_values=column[0], state=column[:1],
    )  # fmt: skip
    return logits, values, old, torch.tensor([[2.0], [-1.0]]), torch.tensor([[2.0], [1.0]])


def test_the_objective_by_hand() -> None:
    config = PPOConfig(clip=0.2, value_weight=0.5, entropy=0.1, normalise_advantages=False)
    found = losses(config, *tiny())
    # Ratios 1.5 and 0.625 are clipped to 1.2 and 0.8; the worse of each is 1.2 * 2 and 0.8 * -1.
    policy_loss = -(2.4 - 0.8) / 2
    # Values may have moved to 0.7 and 0.1; the larger errors are 1.3 and 0.9.
    value_loss = 0.5 * (1.3**2 + 0.9**2) / 2
    entropy = (-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)) + math.log(2)) / 2
    kl = ((1.5 - 1 - math.log(1.5)) + (0.625 - 1 - math.log(0.625))) / 2
    expected = {
        "loss": policy_loss + 0.5 * value_loss - 0.1 * entropy, "policy_loss": policy_loss, "value_loss": value_loss,
        "entropy": entropy, "kl": kl, "clipped": 1.0,
    }  # fmt: skip
    assert {name: value.item() for name, value in found.items()} == pytest.approx(expected, abs=1e-6)


def test_values_need_not_be_clipped() -> None:
    config = PPOConfig(clip_value=False)
    assert losses(config, *tiny())["value_loss"].item() == pytest.approx(0.5 * (1.0**2 + 0.9**2) / 2)


def test_advantages_are_normalised() -> None:
    logits, values, old, advantages, returns = tiny()
    found = losses(PPOConfig(), logits, values, old, advantages, returns)["policy_loss"].item()
    # 2 and -1 become 1 and -1.
    assert found == pytest.approx(-(1.2 - 0.8) / 2, abs=1e-4)
    scaled = losses(PPOConfig(), logits, values, old, 50 * advantages + 3, returns)["policy_loss"].item()
    assert scaled == pytest.approx(found, abs=1e-4)


def test_the_first_gradient_is_the_policy_gradient() -> None:
    config = PPOConfig(
        learning_rate=1e-3, epochs=1, value_weight=0, entropy=0, max_grad_norm=1e9, normalise_advantages=False
    )
    ppo = agent(config)
    given = rollout(ppo)
    logits, _ = ppo.network.sequence(given.observations, given.state, given.starts)
    chosen = logits.log_softmax(-1).gather(-1, given.actions.unsqueeze(-1)).squeeze(-1)
    parameters = [*ppo.network.policy.parameters(), *ppo.network.memory.parameters()]  # type: ignore[union-attr]
    expected = torch.autograd.grad(-(chosen * ppo.advantages(given)).mean(), parameters)
    found = ppo.update(given)
    for parameter, gradient in zip(parameters, expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)
    assert found["kl"] == pytest.approx(0, abs=1e-6)
    assert found["clipped"] == 0


# --- learning and acting ----------------------------------------------------------------------------------------------


def test_updates_make_good_actions_likelier() -> None:
    ppo = agent(PPOConfig(learning_rate=1e-2, entropy=0, epochs=3))
    for i in range(30):
        given = rollout(ppo, i)
        found = ppo.update(given._replace(rewards=(given.actions == 2).float(), dones=torch.ones_like(given.dones)))
    assert found["grad_norm"] > 0
    logits, _ = ppo.network.sequence(given.observations, given.state, given.starts)
    assert logits.softmax(-1)[..., 2].mean() > 0.9


def test_minibatches_are_all_rows_once() -> None:
    ppo = agent(PPOConfig(minibatches=3))
    parts = list(ppo._minibatches(7))
    assert sorted(len(part) for part in parts) == [2, 2, 3]
    assert sorted(torch.cat(parts).tolist()) == list(range(7))
    given = rollout(ppo)
    part = given.rows(torch.tensor([2, 0]))
    for name, value in given._asdict().items():
        if name == "observations":
            assert torch.equal(part.observations["x"], value["x"][:, [2, 0]])
        elif name in ("last_values", "state"):
            assert torch.equal(getattr(part, name), value[[2, 0]])
        else:
            assert torch.equal(getattr(part, name), value[:, [2, 0]])
    with pytest.raises(ValueError, match="^minibatches: 3, expected at most 2, the rows of the rollout$"):
        list(ppo._minibatches(2))


def test_actions_are_drawn_from_the_policy() -> None:
    ppo = agent(policy_gain=40.0)
    n = 20_000
    seen, state = {"x": torch.ones(n, 2)}, ppo.initial(n)
    starts = torch.ones(n, dtype=torch.bool)
    actions, log_probs, values, after = ppo.act(seen, state, starts)
    with torch.no_grad():
        logits, expected_values, expected_state = ppo.network.step(seen, state, starts)
    policy = logits[0].softmax(-1)
    assert policy.min() < 0.25 < 0.4 < policy.max()
    shares = torch.bincount(actions, minlength=ACTIONS) / n
    torch.testing.assert_close(shares, policy, atol=0.015, rtol=0)
    torch.testing.assert_close(log_probs, policy.log()[actions])
    assert torch.equal(values, expected_values)
    assert torch.equal(after, expected_state)
    assert (ppo.act(seen, state, starts, greedy=True)[0] == policy.argmax()).all()
    assert torch.equal(ppo.value(seen, state, starts), values)


def test_only_its_own_generator_is_used() -> None:
    seen, starts = {"x": torch.ones(ROWS, 2)}, torch.ones(ROWS, dtype=torch.bool)
    before = torch.get_rng_state()
    ppo = agent()
    made = torch.get_rng_state()  # modules of torch begin with numbers from it, which are then replaced
    first = ppo.act(seen, ppo.initial(ROWS), starts)[0]
    ppo.update(rollout(ppo))
    assert torch.equal(torch.get_rng_state(), made)
    torch.set_rng_state(before)
    torch.manual_seed(12345)
    again = agent()
    assert torch.equal(again.act(seen, again.initial(ROWS), starts)[0], first)
    drawn = [agent(seed=seed).act(seen, ppo.initial(ROWS), starts)[0].tolist() for seed in range(8)]
    assert len({tuple(each) for each in drawn}) > 2


def test_training_goes_on_from_a_checkpoint_bit_for_bit() -> None:
    ppo, seen, starts = agent(), {"x": torch.ones(ROWS, 2)}, torch.ones(ROWS, dtype=torch.bool)

    def go_on(ppo: PPO) -> list[Any]:
        found: list[Any] = []
        for i in range(3):
            found.append(ppo.act(seen, ppo.initial(ROWS), starts)[0].tolist())
            found.append(ppo.update(rollout(ppo, i)))
        return [*found, *(value.tolist() for value in ppo.network.state_dict().values())]

    go_on(ppo)
    file = io.BytesIO()
    torch.save(ppo.state_dict(), file)
    expected = go_on(ppo)
    other = agent(seed=5)
    assert go_on(other) != expected
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    assert go_on(other) == expected


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("learning_rate", 0, "above 0"),
        ("adam_epsilon", -1e-5, "above 0"),
        ("discount", 1.01, "from 0 to 1"),
        ("gae_lambda", -0.1, "from 0 to 1"),
        ("clip", math.nan, "above 0"),
        ("clip_value", 1, "True or False"),
        ("epochs", 0, "an integer from 1"),
        ("minibatches", 1.5, "an integer from 1"),
        ("value_weight", -1, "at least 0"),
        ("entropy", math.inf, "at least 0"),
        ("max_grad_norm", 0, "above 0"),
    ],
)
def test_bad_numbers_are_one_line(field: str, value: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: {value!r}, expected {expected}$"):
        replace(PPOConfig(), **{field: value})


def test_bad_precision_is_one_line() -> None:
    with pytest.raises(ValueError, match="^precision: 'half', expected 'float32' or 'bfloat16'$"):
        PPO(agent().network, PPOConfig(), precision="half")
    assert PPO(agent().network, PPOConfig(), precision="bfloat16").update(rollout(agent()))["loss"] != 0

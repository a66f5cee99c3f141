"""Sequences equal repeated steps, and torch's own layers; gradients equal autograd's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.autograd import gradcheck

from ige.solvers.core import one_thread
from ige.solvers.core.recurrent import GRU, LSTM, ActorCritic

STEPS, ROWS, WIDTH, SIZE = 7, 5, 4, 6
KINDS = ["gru", "lstm"]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


class Flat(nn.Module):
    """An observation `x` as features."""

    def __init__(self, inputs: int = WIDTH, width: int = WIDTH) -> None:
        super().__init__()
        self.layer = nn.Linear(inputs, width)

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        return self.layer(observations["x"]).relu()


def double(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def cell(kind: str) -> GRU | LSTM:
    made = (GRU if kind == "gru" else LSTM)(WIDTH, SIZE).double()
    for i, parameter in enumerate(made.parameters()):
        parameter.data = double(i, *parameter.shape)
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_sequences_without_starts_are_those_of_torch(kind: str) -> None:
    ours = cell(kind)
    theirs = (nn.GRU if kind == "gru" else nn.LSTM)(WIDTH, SIZE).double()
    theirs.load_state_dict({f"{name}_l0": value for name, value in ours.state_dict().items()})
    features, state, weights = double(10, STEPS, ROWS, WIDTH), double(11, ROWS, ours.state_size), double(12, ROWS, SIZE)
    outputs = ours.sequence(features, state, torch.ones(STEPS, ROWS, 1, dtype=torch.float64))
    parts = [part.unsqueeze(0) for part in state.split(SIZE, -1)]
    expected, _ = theirs(features, parts[0] if kind == "gru" else tuple(part.contiguous() for part in parts))
    torch.testing.assert_close(outputs, expected)
    for network, found in ((ours, outputs), (theirs, expected)):
        (found * weights).sum().backward()
        assert all(parameter.grad is not None for parameter in network.parameters())
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(own.grad, other.grad)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_the_differences_quotients(kind: str) -> None:
    ours = cell(kind)
    features, state = double(10, STEPS, ROWS, WIDTH), double(11, ROWS, ours.state_size)
    keep = (double(12, STEPS, ROWS, 1) > -0.5).double()
    assert keep.min() == 0 < keep.mean() < 1
    inputs = [tensor.requires_grad_() for tensor in (features, state, *(p.detach().clone() for p in ours.parameters()))]
    names = [name for name, _ in ours.named_parameters()]

    class Sequences(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell = ours

        def forward(self, features: Tensor, state: Tensor) -> Tensor:
            return self.cell.sequence(features, state, keep)

    module = Sequences()

    def outputs(features: Tensor, state: Tensor, *parameters: Tensor) -> Tensor:
        given = {f"cell.{name}": value for name, value in zip(names, parameters, strict=True)}
        return torch.func.functional_call(module, given, (features, state))

    assert gradcheck(outputs, inputs)


@pytest.mark.parametrize("memory", [*KINDS, None])
def test_sequence_is_repeated_steps(memory: str | None) -> None:
    network = ActorCritic(Flat(), WIDTH, 3, memory=memory, size=SIZE, policy=(8, 7), value=(), policy_gain=1.0).double()
    seen, state = double(1, STEPS, ROWS, WIDTH), double(2, ROWS, network.state_size)
    starts = double(3, STEPS, ROWS) > 0.7
    assert starts.any(1).sum() > 2
    logits, values = network.sequence({"x": seen}, state, starts)
    assert logits.shape == (STEPS, ROWS, 3)
    for t in range(STEPS):
        step_logits, step_values, state = network.step({"x": seen[t]}, state, starts[t])
        torch.testing.assert_close(step_logits, logits[t])
        torch.testing.assert_close(step_values, values[t])


@pytest.mark.parametrize("memory", KINDS)
def test_nothing_is_remembered_across_a_start(memory: str) -> None:
    network = ActorCritic(Flat(), WIDTH, 3, memory=memory, size=SIZE)
    seen, starts = torch.randn(STEPS, ROWS, WIDTH), torch.zeros(STEPS, ROWS, dtype=torch.bool)
    starts[4, 0] = True
    other = seen.clone()
    other[:4] += 1
    values, others = (network.sequence({"x": x}, network.initial(ROWS), starts)[1] for x in (seen, other))
    torch.testing.assert_close(values[4:, 0], others[4:, 0])
    assert (values[4:, 1:] != others[4:, 1:]).all()


def test_the_first_policy() -> None:
    seen, starts = {"x": torch.randn(ROWS, WIDTH)}, torch.ones(ROWS, dtype=torch.bool)

    def logits(gain: float, seed: int = 0) -> Tensor:
        network = ActorCritic(Flat(), WIDTH, 3, size=SIZE, policy_gain=gain, seed=seed)
        return network.step(seen, network.initial(ROWS), starts)[0]

    assert (logits(0.0) == 0).all()
    assert 0 < logits(0.01).abs().max() < 0.1
    assert (logits(1.0) == logits(1.0)).all()
    assert (logits(1.0) != logits(1.0, seed=1)).all()


@pytest.mark.parametrize("memory", KINDS)
def test_weights_begin_orthogonal(memory: str) -> None:
    network = ActorCritic(Flat(WIDTH, 9), 9, 3, memory=memory, size=SIZE)
    assert network.memory is not None
    for gate in network.memory.weight_hh.detach().split(SIZE):
        torch.testing.assert_close(gate @ gate.T, torch.eye(SIZE), atol=1e-5, rtol=0)
    weight = network.encoder.layer.weight.detach()  # type: ignore[union-attr]
    torch.testing.assert_close(weight.T @ weight, 2 * torch.eye(WIDTH), atol=1e-5, rtol=0)


def test_an_unknown_memory_is_one_line() -> None:
    with pytest.raises(ValueError, match="^memory: 'rnn', expected 'gru', 'lstm' or None$"):
        ActorCritic(Flat(), WIDTH, 3, memory="rnn")


@pytest.mark.parametrize("memory", KINDS)
def test_the_memory_keeps_its_precision_under_autocast(memory: str) -> None:
    network = ActorCritic(Flat(), WIDTH, 3, memory=memory, size=SIZE, policy_gain=1.0)
    seen, starts = {"x": torch.randn(STEPS, ROWS, WIDTH)}, torch.zeros(STEPS, ROWS, dtype=torch.bool)
    expected, _ = network.sequence(seen, network.initial(ROWS), starts)
    with torch.autocast("cpu", torch.bfloat16):
        logits, _ = network.sequence(seen, network.initial(ROWS), starts)
        _, _, state = network.step({"x": seen["x"][0]}, network.initial(ROWS), starts[0])
    assert (logits.dtype, state.dtype) == (torch.bfloat16, torch.float32)
    torch.testing.assert_close(logits.float(), expected, atol=0.05, rtol=0)
    logits.float().sum().backward()
    assert all(p.grad.isfinite().all() for p in network.memory.parameters())  # type: ignore[union-attr]

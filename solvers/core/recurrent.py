"""Recurrent actor-critics: one step at a time while acting, whole sequences at once while learning.

Sequences are time-major, and their rows may start new episodes at any step, which torch's fused recurrent layers do not
support. `sequence` computes the input half of the gates in one product and loops over time with the hidden half only.
Its gradient is written by hand, since autograd's graph of some ten nodes a step costs more than the arithmetic of a
small memory. On one core, forward and backward over 64 steps of 32 rows take a third of the time of a loop over
`nn.GRUCell` of size 32. For `nn.LSTMCell` of size 256 they take 0.8 to 1 of it, since the products dominate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import pairwise
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional

Observations: TypeAlias = Mapping[str, Tensor]


def _each_step(*tensors: Tensor, backwards: bool = False) -> Iterator[tuple[Tensor, ...]]:
    """The tensors' slices along time; making the views once costs less than indexing in the loop."""
    slices = (tensor.unbind() for tensor in tensors)
    return zip(*(map(reversed, slices) if backwards else slices), strict=True)


class _GRULoop(Function):
    """Hidden states (steps, n, size) of a GRU, from the input half of its gates (steps, n, 3 size)."""

    @staticmethod
    def forward(ctx: Any, gates: Tensor, state: Tensor, keep: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        steps, n, _ = gates.shape
        size = weight.shape[1]
        hidden, before = gates.new_empty(steps + 1, n, size), gates.new_empty(steps, n, size)
        halves, opened, fresh = torch.empty_like(gates), gates.new_empty(steps, n, 2 * size), torch.empty_like(before)
        hidden[0] = state
        transposed = weight.t()
        views = (
            keep, hidden[:-1], before, halves, halves[..., : 2 * size], halves[..., 2 * size :],
            gates[..., : 2 * size], gates[..., 2 * size :], opened, opened[..., :size], opened[..., size:], fresh,
            hidden[1:],
        )  # fmt: skip
        for k, old, h, half, half_rz, half_n, in_rz, in_n, rz, r, z, new, out in _each_step(*views):
            torch.mul(old, k, out=h)
            torch.addmm(bias, h, transposed, out=half)
            torch.add(in_rz, half_rz, out=rz).sigmoid_()
            torch.addcmul(in_n, r, half_n, out=new).tanh_()
            torch.lerp(new, h, z, out=out)
        ctx.save_for_backward(halves, opened, fresh, before, keep, weight)
        return hidden[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        halves, opened, fresh, before, keep, weight = ctx.saved_tensors
        steps, n, size = grad.shape
        r, z = opened.chunk(2, -1)
        # The gradient at each gate is the gradient at the hidden state times a factor known beforehand.
        factors = torch.empty_like(halves).view(steps, n, 3, size)
        at_new = (1 - z) * (1 - fresh * fresh)
        torch.mul(at_new * halves[..., 2 * size :], r * (1 - r), out=factors[:, :, 0])
        torch.mul(before - fresh, z * (1 - z), out=factors[:, :, 1])
        torch.mul(at_new, r, out=factors[:, :, 2])
        at_hidden, at_gates = torch.empty_like(before), torch.empty_like(factors)
        views = (grad, at_hidden, factors, at_gates, at_gates.view(steps, n, 3 * size), keep, z * keep)
        carry = grad.new_zeros(n, size)
        for g, h, factor, gate, flat, k, zk in _each_step(*views, backwards=True):
            torch.add(g, carry, out=h)
            torch.mul(factor, h.unsqueeze(1), out=gate)
            torch.mm(flat, weight, out=carry)
            carry.mul_(k).addcmul_(h, zk)
        flat = at_gates.view(steps * n, 3 * size)
        at_weight, at_bias = flat.t() @ before.view(steps * n, size), flat.sum(0)
        torch.mul(at_hidden, at_new, out=at_gates[:, :, 2])  # the input's part of the third gate is not reset
        return at_gates.view(steps, n, 3 * size), carry, None, at_weight, at_bias


class _LSTMLoop(Function):
    """Hidden states (steps, n, size) of an LSTM, from the input half of its gates (steps, n, 4 size)."""

    @staticmethod
    def forward(ctx: Any, gates: Tensor, state: Tensor, keep: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        steps, n, _ = gates.shape
        size = weight.shape[1]
        hidden, before = gates.new_empty(steps + 1, n, size), gates.new_empty(steps, n, size)
        cells, cells_before = torch.empty_like(hidden), torch.empty_like(before)
        opened, squashed = torch.empty_like(gates), torch.empty_like(before)
        hidden[0], cells[0] = state.chunk(2, -1)
        transposed = weight.t()
        views = (
            keep, hidden[:-1], cells[:-1], before, cells_before, gates + bias, opened, opened[..., : 2 * size],
            *opened.chunk(4, -1), squashed, hidden[1:], cells[1:],
        )  # fmt: skip
        for k, old, old_cell, h, c, half, all_of, i_f, i, f, new, o, tanh, out, cell in _each_step(*views):
            torch.mul(old, k, out=h)
            torch.mul(old_cell, k, out=c)
            torch.addmm(half, h, transposed, out=all_of)
            i_f.sigmoid_()
            new.tanh_()
            o.sigmoid_()
            torch.mul(f, c, out=cell).addcmul_(i, new)
            torch.tanh(cell, out=tanh)
            torch.mul(o, tanh, out=out)
        ctx.save_for_backward(opened, before, cells_before, squashed, keep, weight)
        return hidden[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        opened, before, cells_before, squashed, keep, weight = ctx.saved_tensors
        steps, n, size = grad.shape
        i, f, new, o = opened.chunk(4, -1)
        # As in the GRU; the first three gates take their gradients from the cell, the last from the hidden state.
        factors = torch.empty_like(opened).view(steps, n, 4, size)
        torch.mul(new * i, 1 - i, out=factors[:, :, 0])
        torch.mul(cells_before * f, 1 - f, out=factors[:, :, 1])
        torch.mul(i, 1 - new * new, out=factors[:, :, 2])
        torch.mul(squashed * o, 1 - o, out=factors[:, :, 3])
        at_gates = torch.empty_like(factors)
        views = (
            grad, o * (1 - squashed * squashed), factors[:, :, :3], factors[:, :, 3], at_gates[:, :, :3],
            at_gates[:, :, 3], at_gates.view(steps, n, 4 * size), keep, f * keep,
        )  # fmt: skip
        carry, cell = grad.new_zeros(n, size), grad.new_zeros(n, size)
        for g, to_cell, factor, factor_o, gate, gate_o, flat, k, fk in _each_step(*views, backwards=True):
            carry.add_(g)
            cell.addcmul_(carry, to_cell)
            torch.mul(factor, cell.unsqueeze(1), out=gate)
            torch.mul(factor_o, carry, out=gate_o)
            torch.mm(flat, weight, out=carry)
            carry.mul_(k)
            cell.mul_(fk)
        flat = at_gates.view(steps * n, 4 * size)
        at_weight, at_bias = flat.t() @ before.view(steps * n, size), flat.sum(0)
        return at_gates.view(steps, n, 4 * size), torch.cat((carry, cell), -1), None, at_weight, at_bias


class GRU(nn.GRUCell):
    """`nn.GRUCell` that also runs over sequences whose rows may restart; its state is (n, size)."""

    @property
    def state_size(self) -> int:
        return self.hidden_size

    def step(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Output (n, size) and next state, from features (n, width)."""
        state = self(features, state)
        return state, state

    def sequence(self, features: Tensor, state: Tensor, keep: Tensor) -> Tensor:
        """Outputs (steps, n, size) of features (steps, n, width), with `keep` (steps, n, 1) 0 at a start, else 1."""
        gates = functional.linear(features, self.weight_ih, self.bias_ih)
        return _GRULoop.apply(gates, state, keep, self.weight_hh, self.bias_hh)


class LSTM(nn.LSTMCell):
    """`nn.LSTMCell` that also runs over sequences whose rows may restart; its state is (n, 2 size), hidden and cell."""

    @property
    def state_size(self) -> int:
        return 2 * self.hidden_size

    def step(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Output (n, size) and next state, from features (n, width)."""
        hidden, cell = self(features, state.chunk(2, -1))
        return hidden, torch.cat((hidden, cell), -1)

    def sequence(self, features: Tensor, state: Tensor, keep: Tensor) -> Tensor:
        """As `GRU.sequence`."""
        gates = functional.linear(features, self.weight_ih, self.bias_ih)
        return _LSTMLoop.apply(gates, state, keep, self.weight_hh, self.bias_hh)


_MEMORIES: dict[str | None, type[GRU] | type[LSTM] | None] = {"gru": GRU, "lstm": LSTM, None: None}


class ActorCritic(nn.Module):
    """Encoder, memory, and two heads that share them: the policy's logits and the value.

    All linear, convolutional and recurrent weights, including the encoder's, are initialised orthogonally (gain sqrt 2;
    1 for the value's output and the gates) with zero biases, as is usual for PPO (Andrychowicz et al. 2021; Engstrom et
    al. 2020).

    Args:
        encoder: turns the environment's observations, a dictionary of tensors (n, ...), into features float (n, width).
        width: number of features.
        n_actions: number of actions.
        memory: "gru", "lstm" or None.
        size: size of the memory.
        policy: widths of the hidden layers (ReLU) of the policy head.
        value: widths of the hidden layers of the value head.
        policy_gain: gain of the policy's output layer; with 0 the initial policy is uniform.
        seed: seed of the weights.
    """

    def __init__(
        self,
        encoder: nn.Module,
        width: int,
        n_actions: int,
        *,
        memory: str | None = "gru",
        size: int = 32,
        policy: Sequence[int] = (32,),
        value: Sequence[int] = (32,),
        policy_gain: float = 0.01,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if memory not in _MEMORIES:
            raise ValueError(f"memory: {memory!r}, expected 'gru', 'lstm' or None")
        kind = _MEMORIES[memory]
        self.encoder = encoder
        self.memory = kind(width, size) if kind else None
        trunk = size if kind else width
        self.policy = _head(trunk, policy, n_actions)
        self.value = _head(trunk, value, 1)
        generator = torch.Generator().manual_seed(seed)
        for module in self.modules():
            _initialise(module, generator)
        for head, gain in ((self.policy, policy_gain), (self.value, 1.0)):
            nn.init.orthogonal_(head[-1].weight, gain, generator)  # type: ignore[arg-type]

    @property
    def state_size(self) -> int:
        """How many numbers one row of the memory's state has; 0 without a memory."""
        return self.memory.state_size if self.memory else 0

    def initial(self, n: int) -> Tensor:
        """The state of n rows at the start of an episode: zeros (n, state_size)."""
        return next(self.parameters()).new_zeros(n, self.state_size)

    def step(self, observations: Observations, state: Tensor, starts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One step of n rows.

        Args:
            observations: tensors (n, ...).
            state: the state that the previous step returned (n, state_size).
            starts: bool (n,), where an episode starts; the state is zero there.

        Returns:
            Logits (n, n_actions), values (n,) and the next state.
        """
        features = self.encoder(observations)
        if self.memory:
            with _float32(features):
                features, state = self.memory.step(features.to(state.dtype), state.masked_fill(starts.unsqueeze(-1), 0))
        return (*self._heads(features), state)

    def sequence(self, observations: Observations, state: Tensor, starts: Tensor) -> tuple[Tensor, Tensor]:
        """What `step` would return over `steps` steps of n rows; differentiable.

        Args:
            observations: tensors (steps, n, ...).
            state: the state before the first step (n, state_size).
            starts: bool (steps, n).

        Returns:
            Logits (steps, n, n_actions) and values (steps, n).
        """
        features = self.encoder({name: part.flatten(0, 1) for name, part in observations.items()})
        if self.memory:
            with _float32(features):
                features = features.view(*starts.shape, -1).to(state.dtype)
                keep = (~starts).unsqueeze(-1).to(features.dtype)
                features = self.memory.sequence(features, state, keep).flatten(0, 1)
        logits, values = self._heads(features)
        return logits.view(*starts.shape, -1), values.view(starts.shape)

    def _heads(self, features: Tensor) -> tuple[Tensor, Tensor]:
        return self.policy(features), self.value(features).squeeze(-1)


def _float32(features: Tensor) -> Any:
    """Under autocast the memory stays in float32: errors of lower precision would add up over time."""
    kind = features.device.type
    return torch.autocast(kind, enabled=False) if torch.is_autocast_enabled(kind) else nullcontext()


def _head(width: int, hidden: Sequence[int], outputs: int) -> nn.Sequential:
    widths = [width, *hidden]
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], outputs))


def _initialise(module: nn.Module, generator: torch.Generator) -> None:
    if isinstance(module, nn.Linear | nn.Conv2d):
        nn.init.orthogonal_(module.weight, 2**0.5, generator)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.RNNCellBase):
        for weight in (module.weight_ih, module.weight_hh):
            for gate in weight.detach().split(module.hidden_size):
                nn.init.orthogonal_(gate, generator=generator)
        nn.init.zeros_(module.bias_ih)
        nn.init.zeros_(module.bias_hh)

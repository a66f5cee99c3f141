"""Proximal policy optimisation (Schulman et al. 2017, arXiv 1707.06347) for actor-critics with a memory.

Rollouts are time-major, (steps, n, ...). Minibatches are whole rows, so a memory sees each row from its first step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .device import resolve_device
from .recurrent import ActorCritic, Observations


@dataclass(frozen=True)
class PPOConfig:
    """Hyper-parameters of `PPO`; the defaults are those of UED's students (Jiang et al. 2021, arXiv 2110.02439).

    Args:
        learning_rate: Adam's learning rate.
        adam_epsilon: Adam's epsilon.
        discount: gamma, the discount of rewards.
        gae_lambda: lambda of generalised advantage estimation.
        clip: clip range of the probability ratio.
        clip_value: whether to clip the value to within `clip` of the old value.
        epochs: passes over a rollout.
        minibatches: number of minibatches per epoch, each made of whole rows.
        value_weight: weight of the value loss, which is half the squared error.
        entropy: weight of the entropy bonus.
        max_grad_norm: gradients are scaled down to this norm.
        normalise_advantages: scale advantages to mean 0 and standard deviation 1 in each minibatch.
    """

    learning_rate: float = 1e-4
    adam_epsilon: float = 1e-5
    discount: float = 0.995
    gae_lambda: float = 0.95
    clip: float = 0.2
    clip_value: bool = True
    epochs: int = 5
    minibatches: int = 1
    value_weight: float = 0.5
    entropy: float = 0.01
    max_grad_norm: float = 0.5
    normalise_advantages: bool = True

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name in ("epochs", "minibatches"):
                good, expected = isinstance(value, int) and value >= 1, "an integer from 1"
            elif name in ("discount", "gae_lambda"):
                good, expected = 0 <= value <= 1, "from 0 to 1"
            elif name in ("value_weight", "entropy"):
                good, expected = 0 <= value < float("inf"), "at least 0"
            elif name in ("clip_value", "normalise_advantages"):
                good, expected = isinstance(value, bool), "True or False"
            else:
                good, expected = value > 0, "above 0"
            if not good:
                raise ValueError(f"{name}: {value!r}, expected {expected}")


class Rollout(NamedTuple):
    """What n rows observed and did over some steps, as time-major tensors.

    Attributes:
        observations: (steps, n, ...) for each name, as the environment returns them.
        actions: int64 (steps, n).
        log_probs: float (steps, n), log-probabilities of the actions.
        values: float (steps, n), values estimated when acting.
        rewards: float (steps, n).
        starts: bool (steps, n), whether the observation is an episode's first.
        dones: bool (steps, n), whether the step ended an episode, for any reason.
        bootstraps: float (steps, n), the value of the final observation where an episode was truncated, else 0.
        last_values: float (n,), the value of the observation after the last step; ignored where that step is a done.
        state: the memory's state before the first step (n, state_size).
    """

    observations: dict[str, Tensor]
    actions: Tensor
    log_probs: Tensor
    values: Tensor
    rewards: Tensor
    starts: Tensor
    dones: Tensor
    bootstraps: Tensor
    last_values: Tensor
    state: Tensor

    def rows(self, chosen: Tensor) -> Rollout:
        """The rollout of these rows only."""
        steps = {name: part[:, chosen] for name, part in self._asdict().items() if name in _BY_STEP}
        observations = {name: part[:, chosen] for name, part in self.observations.items()}
        return self._replace(
            observations=observations, last_values=self.last_values[chosen], state=self.state[chosen], **steps
        )


_BY_STEP = ("actions", "log_probs", "values", "rewards", "starts", "dones", "bootstraps")


def gae(
    rewards: Tensor,
    values: Tensor,
    dones: Tensor,
    bootstraps: Tensor,
    last_values: Tensor,
    discount: float,
    gae_lambda: float,
) -> Tensor:
    """Generalised advantage estimates (steps, n) (Schulman et al. 2016, arXiv 1506.02438); arguments as in `Rollout`.

    No bootstrapping across episode ends, except from the final observation of a truncated episode (discounted value).
    """
    goes_on = (~dones).to(values.dtype)
    after = torch.cat((values[1:], last_values.unsqueeze(0))) * goes_on + bootstraps
    errors = rewards + discount * after - values
    fades = discount * gae_lambda * goes_on
    advantages = torch.empty_like(values)
    advantage = torch.zeros_like(last_values)
    for error, fade, out in zip(*(reversed(part.unbind()) for part in (errors, fades, advantages)), strict=True):
        advantage = torch.addcmul(error, fade, advantage, out=out)
    return advantages


def losses(
    config: PPOConfig, logits: Tensor, values: Tensor, old: Rollout, advantages: Tensor, returns: Tensor
) -> dict[str, Tensor]:
    """PPO's objective `loss` and its parts, as scalars, over a rollout's steps.

    Args:
        config: the hyper-parameters.
        logits: logits of the current policy (steps, n, actions).
        values: current values (steps, n).
        old: the rollout, with the probabilities and values at the time of acting.
        advantages: (steps, n), not normalised.
        returns: targets of the values (steps, n).

    Returns:
        `loss`, the weighted sum of `policy_loss`, `value_loss` and `entropy`; these three; `kl`, an estimate of the
        divergence from the old policy (Schulman's k3); `clipped`, the share of steps whose ratio is out of bounds.
    """
    log_policy = functional.log_softmax(logits, -1)
    change = log_policy.gather(-1, old.actions.unsqueeze(-1)).squeeze(-1) - old.log_probs
    ratio = change.exp()
    if config.normalise_advantages:
        advantages = (advantages - advantages.mean()) / (advantages.std(correction=0) + 1e-5)
    bounded = ratio.clamp(1 - config.clip, 1 + config.clip)
    policy_loss = -torch.minimum(ratio * advantages, bounded * advantages).mean()
    error = (values - returns).square()
    if config.clip_value:
        near = old.values + (values - old.values).clamp(-config.clip, config.clip)
        error = torch.maximum(error, (near - returns).square())
    value_loss = 0.5 * error.mean()
    entropy = -(log_policy.exp() * log_policy).sum(-1).mean()
    with torch.no_grad():
        kl, clipped = (ratio - 1 - change).mean(), (ratio != bounded).float().mean()
    loss = policy_loss + config.value_weight * value_loss - config.entropy * entropy
    return {
        "loss": loss, "policy_loss": policy_loss, "value_loss": value_loss, "entropy": entropy, "kl": kl,
        "clipped": clipped,
    }  # fmt: skip


class PPO:
    """A network, its optimiser, and the random generator that draws its actions.

    Args:
        network: the actor-critic, which is moved to the device.
        config: hyper-parameters.
        device: an argument of `resolve_device`; small networks are faster on a CPU.
        precision: "float32", or "bfloat16" for the encoder and the heads on CUDA (the memory stays in float32). It
            makes no difference on a CPU.
        seed: seed of the generator that draws actions and minibatches. No other generator is used.
    """

    def __init__(
        self,
        network: ActorCritic,
        config: PPOConfig,
        device: str = "cpu",
        *,
        precision: str = "float32",
        seed: int = 0,
    ) -> None:
        if precision not in ("float32", "bfloat16"):
            raise ValueError(f"precision: {precision!r}, expected 'float32' or 'bfloat16'")
        self.config, self.device, self.precision = config, resolve_device(device), precision
        self.network = network.to(self.device)
        self.generator = torch.Generator(self.device).manual_seed(seed)
        self.optimiser = torch.optim.Adam(
            network.parameters(), config.learning_rate, eps=config.adam_epsilon, fused=True
        )

    def initial(self, n: int) -> Tensor:
        """The memory of n rows before their first step (n, state_size)."""
        return self.network.initial(n)

    @torch.inference_mode()
    def act(
        self, observations: Observations, state: Tensor, starts: Tensor, *, greedy: bool = False
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Act in n rows.

        Args:
            observations: tensors (n, ...) on the device.
            state: the memory's state (n, state_size).
            starts: bool (n,), where an episode starts, which clears the memory.
            greedy: take the most likely action instead of drawing one.

        Returns:
            Actions int64 (n,), their log-probabilities (n,), values (n,) and the next state.
        """
        with self._autocast():
            logits, values, state = self.network.step(observations, state, starts)
        logits = logits.float()
        if greedy:
            actions = logits.argmax(-1)
        else:  # Gumbel-max trick
            noise = torch.empty_like(logits).exponential_(generator=self.generator).log_()
            actions = (logits - noise).argmax(-1)
        log_probs = functional.log_softmax(logits, -1).gather(-1, actions.unsqueeze(-1)).squeeze(-1)
        return actions, log_probs, values.float(), state

    @torch.inference_mode()
    def value(self, observations: Observations, state: Tensor, starts: Tensor) -> Tensor:
        """Values float (n,); arguments as for `act`."""
        with self._autocast():
            return self.network.step(observations, state, starts)[1].float()

    def advantages(self, rollout: Rollout) -> Tensor:
        """Generalised advantage estimates (steps, n), not normalised, from the values estimated when acting."""
        return gae(
            rollout.rewards, rollout.values, rollout.dones, rollout.bootstraps, rollout.last_values,
            self.config.discount, self.config.gae_lambda,
        )  # fmt: skip

    def update(self, rollout: Rollout) -> dict[str, float]:
        """Learn from a rollout. Returns the means over its minibatches of what `losses` returns and of `grad_norm`."""
        advantages = self.advantages(rollout)
        returns = advantages + rollout.values
        found: list[dict[str, Tensor]] = []
        for _ in range(self.config.epochs):
            for rows in self._minibatches(rollout.values.shape[1]):
                part = (rollout, advantages, returns)
                if rows is not None:
                    part = (rollout.rows(rows), advantages[:, rows], returns[:, rows])
                found.append(self._minimise(*part))
        means = torch.stack([torch.stack(list(each.values())) for each in found]).mean(0).tolist()
        return dict(zip(found[0], means, strict=True))

    def _minimise(self, rollout: Rollout, advantages: Tensor, returns: Tensor) -> dict[str, Tensor]:
        with self._autocast():
            logits, values = self.network.sequence(rollout.observations, rollout.state, rollout.starts)
        found = losses(self.config, logits.float(), values.float(), rollout, advantages, returns)
        self.optimiser.zero_grad()
        found["loss"].backward()
        found["grad_norm"] = nn.utils.clip_grad_norm_(self.network.parameters(), self.config.max_grad_norm)
        self.optimiser.step()
        return {name: value.detach() for name, value in found.items()}

    def _minibatches(self, n: int) -> Iterator[Tensor | None]:
        """The rows of each minibatch; None stands for all rows in their order."""
        parts = self.config.minibatches
        if parts == 1:
            yield None
            return
        if parts > n:
            raise ValueError(f"minibatches: {parts}, expected at most {n}, the rows of the rollout")
        yield from torch.randperm(n, generator=self.generator, device=self.device).tensor_split(parts)

    def _autocast(self) -> AbstractContextManager[Any]:
        if self.device.type == "cuda" and self.precision == "bfloat16":
            return torch.autocast("cuda", torch.bfloat16)
        return nullcontext()

    # --- on disk ------------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Everything that changes, for `torch.save`: training continues from it bit for bit."""
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["generator"].cpu())

"""REINFORCE with your own torch model on vehicle routing: Gymnasium, torch and 60 lines.

python examples/reinforce_cvrp.py --n 10 --updates 600

The baseline is the greedy roll-out on the same instances (Kool, van Hoof, Welling 2019); thanks to a snapshot of all
rows it takes two lines.
"""

from __future__ import annotations

import argparse
from typing import Any

import gymnasium as gym
import torch
from torch import Tensor, nn

import ige  # noqa: F401  (registers the ids)


class Model(nn.Module):
    """Two logits for each token of the remaining sub-problem: go there directly, or via the depot."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.embed = nn.Linear(4 + 4 + 4, width)
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True)
        self.mix = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(width, 2)

    def forward(self, tokens: Tensor, count: Tensor, nodes: Tensor, mask: Tensor) -> Tensor:
        """Log-probabilities (rows, actions): action 2 j + flag belongs to the token of node j."""
        here = tokens[:, :1].expand_as(tokens)
        depot = tokens[torch.arange(len(tokens)), count - 1][:, None].expand_as(tokens)
        used = torch.arange(tokens.shape[1]) < count[:, None]
        x = self.mix(self.embed(torch.cat([tokens, tokens - here, tokens - depot], -1)), src_key_padding_mask=~used)
        logits = torch.full((len(tokens), mask.shape[1] // 2, 2), -torch.inf)
        rows, places = used.nonzero(as_tuple=True)
        logits[rows, nodes[rows, places].long()] = self.out(x)[rows, places]
        return torch.log_softmax(logits.flatten(1).masked_fill(mask == 0, -torch.inf), 1)


def play(envs: Any, model: Model, n: int, greedy: bool) -> tuple[Tensor, Tensor]:
    """Play an episode in all rows from their current states; returns and summed log-probabilities, both (rows,)."""
    observation, _ = envs.observe()
    returns, chosen = torch.zeros(envs.num_envs), torch.zeros(envs.num_envs)
    for _ in range(n):  # each step serves one customer
        shown = (observation[name] for name in ("tokens", "n_tokens", "node_id", "action_mask"))
        logits = model(*map(torch.from_numpy, shown))
        action = logits.argmax(1) if greedy else torch.multinomial(logits.exp(), 1)[:, 0]
        chosen = chosen + logits.gather(1, action[:, None])[:, 0]
        observation, reward, *_ = envs.step(action.numpy())
        returns += torch.from_numpy(reward)
    return returns, chosen


def main(n: int = 10, updates: int = 600, rows: int = 128, seed: int = 0) -> tuple[float, float]:
    """Train; returns the mean length of greedy routes on 512 held-out instances before and after."""
    torch.manual_seed(seed)
    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    envs: Any = gym.make_vec("ige/CVRP-v0", rows, n=n).unwrapped
    held_out: Any = gym.make_vec("ige/CVRP-v0", 512, n=n).unwrapped

    @torch.no_grad()
    def length() -> float:
        held_out.reset(seed=10_000)
        return -float(play(held_out, model, n, greedy=True)[0].mean())

    before = length()
    envs.reset(seed=seed)
    for update in range(1, updates + 1):
        envs.reset()
        start = envs.get_state()
        with torch.no_grad():
            baseline, _ = play(envs, model, n, greedy=True)
        envs.set_state(start)
        returns, chosen = play(envs, model, n, greedy=False)
        optimizer.zero_grad()
        (-(returns - baseline) * chosen).mean().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if update % 100 == 0:
            print(f"{update:5d} updates: mean length {length():.3f}")
    return before, length()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10, help="customers")
    parser.add_argument("--updates", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    before, after = main(arguments.n, arguments.updates, seed=arguments.seed)
    print(f"mean length on held-out instances: {before:.3f} before, {after:.3f} after")

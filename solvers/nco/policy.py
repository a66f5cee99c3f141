"""The base of every policy: a network with its configuration, on a device and in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from torch import nn

from ..core import check_device, resolve_device
from ..core.files import write
from .network import NetworkConfig


class Policy:
    """A network with its configuration and device.

    Args:
        config: the network's size and problem.
        seed: seed of its weights.
        device: "auto", "cpu" or "cuda".

    Attributes:
        notes: in a loaded policy, the notes that were given to `save`.

    Raises:
        ValueError: this kind of policy does not solve the problem.
    """

    kind: ClassVar[type[nn.Module]]
    problems: ClassVar[tuple[str, ...]]

    def __init__(self, config: NetworkConfig | None = None, seed: int = 0, device: str = "auto") -> None:
        self.device = resolve_device(device)
        self.config = config or NetworkConfig()
        if self.config.problem not in self.problems:
            expected = " or ".join(map(repr, self.problems))
            raise ValueError(f"problem: {self.config.problem!r}, expected {expected}")
        self.notes: dict[str, Any] = {}
        with self.seeded(seed):
            self.network: Any = self.kind(self.config).to(self.device)

    @contextmanager
    def seeded(self, seed: int) -> Iterator[None]:
        """Seed torch's own random numbers, which distinguish an ATSP's tokens; restored afterwards."""
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(seed)
            yield

    def save(self, path: str | Path, notes: dict[str, Any] | None = None, half: bool = False) -> None:
        """Write a `.safetensors` file with the configuration and notes as metadata; `half`: weights in float16."""
        from safetensors.torch import save

        weights = {
            name: (value.half() if half else value).cpu().contiguous()
            for name, value in self.network.state_dict().items()
        }
        metadata = {"config": json.dumps(asdict(self.config)), "notes": json.dumps(notes or {})}
        content = save(weights, metadata)
        write(Path(path), lambda file: file.write(content))

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> Self:
        """The policy of a file that `save` wrote; `ValueError` for any other file."""
        from safetensors import SafetensorError, safe_open

        check_device(device)
        try:
            with safe_open(str(path), "pt") as file:
                metadata = file.metadata() or {}
                weights = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
            policy = cls(NetworkConfig(**json.loads(metadata["config"])), device=device)
            policy.network.load_state_dict(weights)
            policy.notes = json.loads(metadata.get("notes", "{}"))
        except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
            found = str(error).splitlines()[0]
            raise ValueError(f"{path}: {found}, expected the weights of a {cls.__name__}") from None
        policy.network.eval()
        return policy

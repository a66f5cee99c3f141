"""Alternatives to `ige/BabyAI-v0` from other projects, ready to be measured: packages of the extra `bench`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, product
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from .speed import Subject, single

ROWS = 1024
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
LEVEL = "BabyAI-GoToLocal-v0"
_BATCHES = 16  # prepared batches of actions
_ROLL_OUT = 128  # steps of one call under lax.scan


def minigrid() -> Iterator[Subject]:
    """Minigrid's own `step`: one row, as it has no vector environment."""
    import minigrid  # noqa: F401  # registers the id

    yield single("Minigrid", gym.make(LEVEL).unwrapped)


def envpool() -> Iterator[Subject]:
    """EnvPool's C++ BabyAI: `step` of all rows, and send and recv of half of them.

    With one thread, one per core, and four per core, which is the fastest because of its busy waiting.
    """
    import envpool

    for size, threads in product((ROWS, ROWS // 2), dict.fromkeys((1, CORES, 4 * CORES))):
        env = envpool.make_gymnasium(LEVEL, num_envs=ROWS, batch_size=size, num_threads=threads, seed=0)
        text = "step" if size == ROWS else f"send and recv of {size}"
        yield Subject("EnvPool", _EnvPool(env), _chunks(env.action_space.n, size), size, threads, text)


def xland() -> Iterator[Subject]:
    """XLand-MiniGrid on JAX's CPU devices, one per thread: one jitted step, and roll-outs under `lax.scan`.

    Its level closest to GoToLocal is an 8 by 8 room with eight objects, one of which is to be reached within 64 steps;
    it has no mission, and objects hide nothing. An empty room shows its cost of placing objects.
    """
    import jax

    if jax.config.jax_num_cpu_devices != CORES:  # must be set before importing xminigrid, which starts the devices
        jax.config.update("jax_platforms", "cpu")
        jax.config.update("jax_num_cpu_devices", CORES)
    import xminigrid
    from xminigrid.wrappers import GymAutoResetWrapper

    size = {"height": 8, "width": 8, "view_size": 7}
    levels = {
        "XLand-MiniGrid": xminigrid.make("XLand-MiniGrid-R1-9x9", max_steps=64, ruleset=_eight_objects(), **size),
        "XLand-MiniGrid, empty room": xminigrid.make("MiniGrid-Empty-8x8", **size),
    }
    for (name, (env, params)), steps, devices in product(levels.items(), (1, _ROLL_OUT), dict.fromkeys((1, CORES))):
        rows = _JaxRows(GymAutoResetWrapper(env), params, steps, devices)
        chunks = _chunks(env.num_actions(params), (steps, ROWS) if steps > 1 else ROWS, rows.put)
        text = f"lax.scan of {steps} steps" if steps > 1 else "jitted step"
        yield Subject(name, rows, chunks, ROWS, devices, text, steps)


def _chunks(n: int, shape: int | tuple[int, ...], put: Callable[[NDArray[Any]], Any] = np.asarray) -> Iterator[Any]:
    """Batches of uniformly random actions below `n`, each converted by `put`."""
    generator = np.random.default_rng(0)
    return cycle([[put(generator.integers(n, size=shape, dtype=np.int32))] for _ in range(_BATCHES)])


class _EnvPool:
    """EnvPool's two ways of stepping behind one interface; its autoreset spends a step on each reset."""

    def __init__(self, env: Any) -> None:
        self.env = env
        self.close = env.close

    def reset(self, seed: int) -> None:  # EnvPool takes its seed at construction
        self.env.async_reset()
        self.result = self.env.recv()

    def step(self, actions: NDArray[Any]) -> Any:
        """Step the rows received last; with a batch as large as the pool, its own `step` does the same."""
        self.env.send(actions, self.result[4]["env_id"])
        self.result = self.env.recv()
        return self.result


class _JaxRows:
    """Rows of a JAX environment, shared among devices; `step` waits until its results are ready."""

    def __init__(self, env: Any, params: Any, steps: int, devices: int) -> None:
        import jax
        from jax.sharding import AxisType, NamedSharding, PartitionSpec

        def advance(timestep: Any, actions: Any) -> Any:
            timestep = jax.vmap(env.step, (None, 0, 0))(params, timestep, actions)
            return timestep, (timestep.observation, timestep.reward, timestep.step_type, timestep.discount)

        mesh = jax.make_mesh((devices,), ("rows",), axis_types=(AxisType.Auto,), devices=jax.devices()[:devices])
        rows = PartitionSpec("rows")
        dealt, turn = (PartitionSpec(None, "rows"), partial(jax.lax.scan, advance)) if steps > 1 else (rows, advance)
        share = partial(jax.shard_map, mesh=mesh, check_vma=False)
        self.put = partial(jax.device_put, device=NamedSharding(mesh, dealt))
        self.turn = jax.jit(share(turn, in_specs=(rows, dealt), out_specs=(rows, dealt)))
        self.start = jax.jit(share(jax.vmap(partial(env.reset, params)), in_specs=rows, out_specs=rows))
        self.wait = jax.block_until_ready
        self.keys = lambda seed: jax.random.split(jax.random.key(seed), ROWS)

    def reset(self, seed: int) -> None:
        self.timestep = self.start(self.keys(seed))

    def step(self, actions: Any) -> Any:
        self.timestep, result = self.turn(self.timestep, actions)
        return self.wait(result)

    def close(self) -> None:
        del self.timestep


def _eight_objects() -> Any:
    """XLand-MiniGrid's rules for this task: eight objects, go to the first of them."""
    import jax.numpy as jnp
    from xminigrid.core.constants import TILES_REGISTRY, Colors, Tiles
    from xminigrid.core.goals import AgentNearGoal
    from xminigrid.core.rules import EmptyRule
    from xminigrid.types import RuleSet

    kinds = (Tiles.BALL, Tiles.SQUARE, Tiles.KEY, Tiles.PYRAMID)
    objects = [TILES_REGISTRY[kind, color] for kind, color in product(kinds, (Colors.RED, Colors.GREEN))]
    goal = AgentNearGoal(tile=objects[0]).encode()
    return RuleSet(goal=goal, rules=EmptyRule().encode()[None], init_tiles=jnp.array(objects))

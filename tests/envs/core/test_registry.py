"""The one table of ids."""

from __future__ import annotations

import re

import gymnasium as gym
import pettingzoo
import pytest

from ige.envs import registry
from ige.envs.entry import Entry


def test_everything_in_the_table_is_registered_and_resolves() -> None:
    assert registry.ids()
    assert len(set(registry.ids())) == len(registry.ids())
    assert {*registry.ids(), *registry.multi_agent_ids()} == {entry.id for entry in registry.TABLE}
    for entry in registry.TABLE:
        assert re.fullmatch(r"ige/[A-Z][A-Za-z0-9]*-v\d+", entry.id)
        assert entry.summary
        assert registry.creator(entry.id)
        if entry.multi_agent:
            continue
        spec = gym.spec(entry.id)
        assert (spec.vector_entry_point is None) is (entry.vector_entry_point is None)
        assert spec.max_episode_steps is None  # a limit is a parameter of the environment: a snapshot must hold it
        assert (registry.oracle(entry.id) is None) is (not entry.oracle)
    assert registry.oracle("CartPole-v1") is None


def test_registering_twice_changes_nothing() -> None:
    before = dict(gym.registry), dict(pettingzoo.parallel_registry), dict(pettingzoo.aec_registry)
    registry.register_all()
    assert (gym.registry, pettingzoo.parallel_registry, pettingzoo.aec_registry) == before


def test_an_id_that_is_taken() -> None:
    with pytest.raises(ValueError, match=r"^id: 'CartPole-v1' is already registered for 'gymnasium\.envs.*'$"):
        registry.register_all((Entry("CartPole-v1", "", "env:GameOf24", family="arithmetic"),))


def test_an_id_that_is_in_the_table_twice() -> None:
    one, other = (Entry("ige/Twice-v0", "", "env:A", family=family) for family in "ab")
    try:
        with pytest.raises(ValueError, match="^id: 'ige/Twice-v0' is already registered for 'ige.envs.a.env:A'$"):
            registry.register_all((one, other))
    finally:
        gym.registry.pop("ige/Twice-v0", None)


@pytest.mark.parametrize("name", ["ige/GameOf24-v0", "GameOf24-v0", "GameOf24"])
def test_short_names(name: str) -> None:
    assert registry.resolve(name) == "ige/GameOf24-v0"


def test_unknown_names() -> None:
    assert registry.resolve("CartPole-v1") == "CartPole-v1"
    with pytest.raises(ValueError, match="^id: 'GameOf25' is not registered; close: .*GameOf24"):
        registry.resolve("GameOf25")
    with pytest.raises(ValueError, match="^id: 'qqqqqqq' is not registered; see `ige list`$"):
        registry.resolve("qqqqqqq")


def test_a_module_prefix_imports_as_gym_make_does() -> None:
    assert registry.resolve("ige:ige/GameOf24-v0") == "ige/GameOf24-v0"


def test_a_multi_agent_entry_is_in_both_of_pettingzoos_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = Entry("ige/Team-v3", "", "env:Team", kwargs={"reward": 2.0}, multi_agent=True, family="none")
    monkeypatch.setattr(registry, "TABLE", (*registry.TABLE, entry))
    try:
        registry.register_all((entry, entry))
        assert pettingzoo.spec("parallel", "ige/Team-v3").kwargs == {"reward": 2.0}
        assert pettingzoo.spec("aec", "ige/Team-v3")
        assert "ige/Team-v3" not in gym.registry
        assert "ige/Team-v3" not in registry.ids()
        assert registry.resolve("Team") == "ige/Team-v3"
        with pytest.raises(ValueError, match="^id: 'ige/Team-v3' is already registered for 'ige.envs.none.env:Team'$"):
            registry.register_all((Entry("ige/Team-v3", "", "env:Team", multi_agent=True, family="other"),))
    finally:
        pettingzoo.parallel_registry.pop("ige/Team-v3", None)
        pettingzoo.aec_registry.pop("ige/Team-v3", None)

"""Playing an environment in text: read its state, write a command."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from ..envs.core.text import ParseError, text_interface
from .lenient import parse_leniently

_BLOCKS = (
    (0x20, 0x7F),  # ASCII
    (0xA0, 0x180),  # accented Latin letters, × ÷ ° ²
    (0x3B1, 0x3CA),  # small Greek letters
    (0x2010, 0x2028),  # dashes, quotation marks, ellipsis
    (0x2190, 0x2300),  # arrows, mathematical signs
    (0x2500, 0x2600),  # boxes, blocks, shapes
)
CHARSET = "".join(chr(code) for first, end in _BLOCKS for code in range(first, end)) + "\n"


class TextFace(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Play an environment in text: observations are `describe()`, actions may be commands such as `4 * 6`.

    The environment has a text interface: it inherits `ige.envs.core.TextInterface`, or has `describe`, `action_text`
    and `parse_action`. Its action space is unchanged; an action is a member of it or a command. If the actions have
    indices, `info["admissible_commands"]` lists the legal ones as text, each once, in index order. After a reset,
    `info["goal"]` is the environment's `rules()`, if it has any. Gymnasium's `AsyncVectorEnv` needs
    `shared_memory=False` for text.

    Args:
        env: the environment.
        obs: "text", or "symbolic" to keep the environment's own observations.
        unparsed: how to treat text that means no action, unless the environment's `step` takes any text (TextWorld, the
            screens). "raise": `ParseError`, which is a `ValueError`, says what was expected. "noop": the environment is
            not stepped; the same observation again, reward 0, neither flag, and what was expected in
            `info["parse_error"]` (this needs the environment's `observe`).
        lenient: find the command within the text that a language model writes around it; see `parse_leniently`.
        max_length: maximum length of an observation, in characters.
        charset: the characters that observations may hold; None is `CHARSET`.

    Raises:
        TypeError: the environment has no text interface.
        ValueError: an unknown option; a description that does not fit the observation space.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        obs: str = "text",
        unparsed: str = "raise",
        lenient: bool = False,
        max_length: int = 16_384,
        charset: str | None = None,
    ) -> None:
        for name, value, known in (("obs", obs, ("text", "symbolic")), ("unparsed", unparsed, ("raise", "noop"))):
            if value not in known:
                raise ValueError(f"{name}: found {value!r}, expected {known[0]!r} or {known[1]!r}")
        self.words = text_interface(env)
        if unparsed == "noop" and not env.has_wrapper_attr("observe"):
            raise TypeError(f"env: {type(env.unwrapped).__name__} has no observe, which unparsed='noop' needs")
        gym.utils.RecordConstructorArgs.__init__(
            self, obs=obs, unparsed=unparsed, lenient=lenient, max_length=max_length, charset=charset
        )
        super().__init__(env)
        self.obs, self.unparsed, self.lenient = obs, unparsed, lenient
        if obs == "text":
            self.observation_space = spaces.Text(max_length, min_length=0, charset=charset or CHARSET)
        self._over = True  # no episode has begun

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        observation, info = self.env.reset(seed=seed, options=options)
        self._over = False
        observation, info = self._face(observation, info)
        if rules := self.words.rules():
            info["goal"] = rules
        return observation, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Take a member of the action space or a command."""
        if isinstance(action, str):
            try:
                action = self._command(action)
            except ParseError as error:
                if self.unparsed == "raise":
                    raise
                return self._noop(" ".join(str(error).split()))
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._over = bool(terminated or truncated)
        observation, info = self._face(observation, info)
        return observation, reward, terminated, truncated, info

    def set_state(self, state: Any) -> None:
        """Return to a snapshot of the wrapped environment."""
        self.env.get_wrapper_attr("set_state")(state)
        self._over = False

    def _command(self, text: str) -> Any:
        """The argument that the environment's `step` takes for a command."""
        if not self.lenient:
            return self.words.command(text)
        space = self.env.action_space
        commands = self._commands(space) if isinstance(space, spaces.Discrete) else ()
        try:
            return parse_leniently(text, self.words.parse_action, commands)
        except ParseError:
            if self.words.takes_any_words:
                return text
            raise

    def _noop(self, problem: str) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        if self._over:
            raise gym.error.ResetNeeded("step: the episode has ended (or never began); call reset first")
        observation, info = self._face(*self._call("observe"))
        return observation, 0.0, False, False, {**info, "parse_error": problem}

    def _face(self, observation: Any, info: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The observation and info as this wrapper shows them."""
        if isinstance(self.env.action_space, spaces.Discrete):
            info = {**info, "admissible_commands": self._commands(self.env.action_space)}
        return (self._text() if self.obs == "text" else observation), info

    def _text(self) -> str:
        text = self.words.describe()
        space = self.observation_space
        assert isinstance(space, spaces.Text)
        if len(text) > space.max_length:
            raise ValueError(f"max_length: {space.max_length}, found a description of {len(text)} characters")
        if strange := set(text) - space.character_set:
            raise ValueError(f"charset: found a description with {min(strange)!r}, which is not in it")
        return text

    def _commands(self, space: spaces.Discrete) -> list[str]:
        legal: Iterable[int] = range(int(space.n))
        if self.env.has_wrapper_attr("action_masks"):
            legal = np.flatnonzero(self._call("action_masks")).tolist()
        return list(dict.fromkeys(map(self.words.action_text, legal)))

    def _call(self, name: str, *arguments: Any) -> Any:
        return self.env.get_wrapper_attr(name)(*arguments)

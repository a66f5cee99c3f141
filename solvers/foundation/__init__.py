"""Foundation models as solvers see them: choose one of K options, score K options, write text."""

from __future__ import annotations

from .base import (
    ACCEPT,
    REJECT,
    Choice,
    FoundationModel,
    ModelUnavailable,
    NoAnswer,
    Prompt,
    Query,
    UnsupportedQuery,
    Usage,
)
from .chat import ChatModel
from .function import CallableModel
from .parse import parse_choice
from .scored import ScoredModel, Scorer
from .text import TextModel, render_prompt
from .uniform import RandomModel

__all__ = [
    "ACCEPT",
    "REJECT",
    "CallableModel",
    "ChatModel",
    "Choice",
    "FoundationModel",
    "ModelUnavailable",
    "NoAnswer",
    "Prompt",
    "Query",
    "RandomModel",
    "ScoredModel",
    "Scorer",
    "TextModel",
    "UnsupportedQuery",
    "Usage",
    "make_model",
    "parse_choice",
    "render_prompt",
]


def make_model(spec: str, seed: int = 0) -> FoundationModel:
    """A model by name: "random", or "openai:MODEL" for a chat endpoint (which `seed` does not reach).

    Raises:
        ValueError: unknown spec.
    """
    kind, _, name = spec.partition(":")
    if spec == "random":
        return RandomModel(seed)
    if kind == "openai" and name:
        return ChatModel(name)
    raise ValueError(f"model: found {spec!r}, expected 'random' or 'openai:MODEL'")

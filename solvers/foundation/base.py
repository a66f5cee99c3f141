"""The questions a solver may ask a model, the answers it may get, and what they cost.

A `Query` says the same thing twice: `data` for models that read numbers, `prompt` for models that read text. A solver
therefore runs unchanged on a uniform control, a rule, a small trained network or a chat endpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

REJECT, ACCEPT = 0, 1
"""The two options of a verdict (`Query.verdict`)."""


class UnsupportedQuery(NotImplementedError):
    """This model never answers this kind of query; not to be confused with a malformed answer, which is an outcome."""


class ModelUnavailable(RuntimeError):
    """A person must act before the model can answer: no key, refused key, unknown model, no server listening."""


class NoAnswer(Exception):
    """Raised inside a model when no answer came or the answer cannot be used; the message says why in one line.

    The public methods turn it into their documented outcome, so a solver never sees it.
    """


class Prompt(NamedTuple):
    """What a language model reads.

    `options` is empty for free text. `think` asks for a thought before the choice (ReAct).
    """

    system: str
    question: str
    options: tuple[str, ...] = ()
    think: bool = False


@dataclass(frozen=True, eq=False)
class Query:
    """One decision, put to a model.

    A pick (the default) has one option per item of `data`. A verdict has two, `REJECT` and `ACCEPT`, and is about the
    last item of `data` only; the items before it are context, such as the archive that a newcomer may join.

    Attributes:
        role: which decision is asked for ("state", "action", "keep", ...); rules and judges dispatch on it.
        data: what numeric models read, for example observations; at least one item.
        prompt: builds the text that language models read, with one option text per option. Called only by the models
            that read it.
        verdict: whether the query is a verdict rather than a pick.
    """

    role: str
    data: Sequence[Any]
    prompt: Callable[[], Prompt]
    verdict: bool = False

    def __post_init__(self) -> None:
        if len(self.data) == 0:
            raise ValueError(f"Query.data (role {self.role!r}): found no items, expected at least one")

    @property
    def size(self) -> int:
        """The number of options, K."""
        return 2 if self.verdict else len(self.data)


@dataclass(frozen=True)
class Choice:
    """The answer to `choose`.

    Attributes:
        index: the chosen option, 0 to K - 1, or None for a malformed answer. The solver then falls back: Go-Explore
            selects uniformly, and rejects when asked what to keep.
        problem: what was wrong, in one line; given exactly when `index` is None.
        thought: what the model wrote before choosing, if anything.
    """

    index: int | None
    problem: str | None = None
    thought: str | None = None

    def __post_init__(self) -> None:
        if (self.index is None) != (self.problem is not None):
            raise ValueError(f"Choice: found index {self.index} and problem {self.problem!r}, expected one of them")


@dataclass
class Usage:
    """What a model has been asked so far; usages add and subtract.

    Attributes:
        calls: answers asked for: one per `choose` or `score`, n per `generate`.
        tokens_in, tokens_out: as the endpoint reports them, 0 for models that do not count tokens.
        malformed: answers that were missing or unusable.
        retries: requests sent again after a time-out, a rate limit or a server error; not counted as calls.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    malformed: int = 0
    retries: int = 0

    def __add__(self, other: Usage) -> Usage:
        theirs = other.as_dict()
        return Usage(**{field: count + theirs[field] for field, count in self.as_dict().items()})

    def __sub__(self, other: Usage) -> Usage:
        theirs = other.as_dict()
        return Usage(**{field: count - theirs[field] for field, count in self.as_dict().items()})

    def as_dict(self) -> dict[str, int]:
        """The counts by name, ready for JSON."""
        return asdict(self)


class FoundationModel:
    """Chooses one of K options, scores K options, or writes text.

    A model implements the hooks it supports (`_choose`, `_score`, `_generate`); the public methods count usage and
    check answers, so that neither models nor solvers have to.

    Attributes:
        name: how the model appears in results.
        usage: what it has been asked so far; grows with every answer.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.usage = Usage()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def choose(self, query: Query) -> Choice:
        """Choose one of the K options. A malformed answer has index None.

        Raises:
            UnsupportedQuery: the model does not choose.
            ModelUnavailable: a person must act.
        """
        try:
            choice = self._choose(query)
        except NoAnswer as reason:
            choice = Choice(None, str(reason))
        if choice.index is not None and not 0 <= choice.index < query.size:
            choice = Choice(None, f"found option {choice.index}, expected 0 to {query.size - 1}", choice.thought)
        self.usage.calls += 1
        self.usage.malformed += choice.index is None
        return choice

    def score(self, query: Query) -> NDArray[np.float64]:
        """Score the options, float64[K], like log-likelihoods: higher is better, -inf is impossible.

        Raises:
            UnsupportedQuery: the model does not score.
            ValueError: the scores have another shape, a NaN or +inf, or are all -inf: the scorer is broken.
        """
        scores = self._check_scores(query.role, self._score(query), query.size)
        self.usage.calls += 1
        return scores

    def generate(
        self, prompt: Prompt, n: int = 1, temperature: float | None = None, max_tokens: int | None = None
    ) -> list[str]:
        """Write up to `n` texts. A text that did not come is left out of the list and counted as malformed.

        `temperature` and `max_tokens` default to the model's own.

        Raises:
            UnsupportedQuery: the model does not write.
            ModelUnavailable: a person must act.
        """
        if n < 1:
            raise ValueError(f"n: found {n}, expected at least 1")
        texts = self._generate(prompt, n, temperature, max_tokens)
        self.usage.calls += n
        self.usage.malformed += n - len(texts)
        return texts

    def _choose(self, query: Query) -> Choice:
        self._unsupported("choose", query.role)

    def _score(self, query: Query) -> ArrayLike:
        self._unsupported("score", query.role)

    def _generate(self, prompt: Prompt, n: int, temperature: float | None, max_tokens: int | None) -> list[str]:
        self._unsupported("generate")

    def _unsupported(self, kind: str, role: str | None = None) -> NoReturn:
        asked = f" (role {role!r})" if role is not None else ""
        raise UnsupportedQuery(f"model {self.name!r} does not support {kind!r} queries{asked}")

    def _check_scores(self, role: str, found: ArrayLike, size: int) -> NDArray[np.float64]:
        scores = np.asarray(found, dtype=np.float64)
        where = f"model {self.name!r}, scores for role {role!r}"
        if scores.shape != (size,):
            raise ValueError(f"{where}: found shape {scores.shape}, expected ({size},)")
        # False for a NaN too, which max() propagates.
        if not np.isfinite(scores.max()):
            raise ValueError(f"{where}: found a largest score of {scores.max()}, expected a finite number")
        return scores

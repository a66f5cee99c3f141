from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from ige.solvers.foundation import (
    ACCEPT,
    REJECT,
    CallableModel,
    Choice,
    FoundationModel,
    NoAnswer,
    Prompt,
    Query,
    RandomModel,
    ScoredModel,
    UnsupportedQuery,
    Usage,
    make_model,
    render_prompt,
)


def unread() -> Prompt:
    raise AssertionError("a numeric model built the prompt")


def pick(data: Sequence[Any], role: str = "state") -> Query:
    return Query(role, data, unread)


def verdict(data: Sequence[Any]) -> Query:
    return Query("keep", data, unread, verdict=True)


def as_scores(role: str, items: Sequence[Any]) -> np.ndarray:
    return np.array(items, dtype=float)


# What a query and an answer are


def test_sizes() -> None:
    assert pick("abc").size == 3
    assert verdict("abc").size == 2


def test_a_query_needs_an_item() -> None:
    with pytest.raises(ValueError, match=r"^Query.data \(role 'state'\): found no items, expected at least one$"):
        pick([])


@pytest.mark.parametrize(("index", "problem"), [(None, None), (1, "but")])
def test_a_choice_has_an_index_or_a_problem(index: int | None, problem: str | None) -> None:
    with pytest.raises(ValueError, match=r"^Choice: found index .* and problem .*, expected one of them$"):
        Choice(index, problem)


def test_usage_adds_subtracts_and_writes_json() -> None:
    first, second = Usage(5, 40, 30, 2, 1), Usage(1, 2, 3, 4, 5)
    assert first + second == Usage(6, 42, 33, 6, 6)
    assert first + second - second == first
    assert Usage(**json.loads(json.dumps(first.as_dict()))) == first


# What every model does


class Fixed(FoundationModel):
    """Answers as it is told."""

    def __init__(self, index: int, scores: Any = None) -> None:
        super().__init__("fixed")
        self.index, self.scores = index, scores

    def _choose(self, query: Query) -> Choice:
        return Choice(self.index)

    def _score(self, query: Query) -> Any:
        return self.scores

    def _generate(self, prompt: Prompt, n: int, temperature: float | None, max_tokens: int | None) -> list[str]:
        return ["a text"] * (n - 1)


@pytest.mark.parametrize("index", [-1, 3])
def test_an_index_out_of_range_is_malformed_whatever_the_model(index: int) -> None:
    model = Fixed(index)
    assert model.choose(pick("abc")) == Choice(None, f"found option {index}, expected 0 to 2")
    assert model.usage == Usage(calls=1, malformed=1)


def test_missing_texts_are_malformed() -> None:
    model = Fixed(0)
    assert model.generate(Prompt("", "?"), n=3) == ["a text"] * 2
    assert model.usage == Usage(calls=3, malformed=1)
    with pytest.raises(ValueError, match=r"^n: found 0, expected at least 1$"):
        model.generate(Prompt("", "?"), n=0)


@pytest.mark.parametrize("scores", [[1, 2], [[1, 2, 3]], [1, np.nan, 2], [1, np.inf, 2], [-np.inf] * 3])
def test_unusable_scores_raise(scores: list[float]) -> None:
    with pytest.raises(ValueError, match=r"^model 'fixed', scores for role 'state': found .*, expected "):
        Fixed(0, scores).score(pick("abc"))


def test_an_option_may_be_impossible() -> None:
    scores = Fixed(0, [0, -np.inf, 1]).score(pick("abc"))
    assert scores.dtype == np.float64
    assert scores.tolist() == [0, -np.inf, 1]


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        (RandomModel(), "generate"),
        (ScoredModel(as_scores, name="judge"), "generate"),
        (CallableModel(str.upper, name="mine"), "score"),
    ],
)
def test_unsupported_is_an_error_and_not_a_malformed_answer(model: FoundationModel, kind: str) -> None:
    with pytest.raises(UnsupportedQuery, match=f"^model '{model.name}' does not support '{kind}' queries"):
        model.generate(Prompt("", "?")) if kind == "generate" else model.score(pick("abc"))
    assert model.usage == Usage()


# Random


def test_random_is_uniform() -> None:
    model = RandomModel(seed=1)
    n = 4000
    for ask in (lambda: model.choose(pick(range(4))).index, lambda: int(model.score(pick(range(4))).argmax())):
        counts = Counter(ask() for _ in range(n))
        # Five standard deviations of a binomial count; the seed is fixed.
        assert all(abs(counts[i] - n / 4) < 5 * np.sqrt(n * 3 / 16) for i in range(4))
    assert {model.choose(verdict("a")).index for _ in range(50)} == {REJECT, ACCEPT}
    assert model.usage == Usage(calls=2 * n + 50)


def test_random_scores_are_log_probabilities() -> None:
    assert np.exp(RandomModel().score(pick(range(5)))).sum() == pytest.approx(1)


# Scored


def test_scored_samples_the_softmax() -> None:
    scores, n = [0.1, 0.2, 0.5, -np.inf], 6000
    model = ScoredModel(as_scores, temperature=0.15, seed=2)
    counts = Counter(model.choose(pick(scores)).index for _ in range(n))
    weights = np.exp(np.array(scores) / 0.15)
    for i, p in enumerate(weights / weights.sum()):
        assert abs(counts[i] - n * p) <= 5 * np.sqrt(n * p * (1 - p))


def test_scored_at_temperature_zero_takes_the_first_of_the_best() -> None:
    model = ScoredModel(as_scores, temperature=0)
    assert [model.choose(pick([0.1, 0.7, 0.7])).index for _ in range(20)] == [1] * 20


def test_scored_survives_tiny_temperatures_and_huge_scores() -> None:
    assert ScoredModel(as_scores, temperature=1e-12).choose(pick([1e9, 2e9, -1e9])).index == 1


@pytest.mark.parametrize(("score", "index"), [(0.079, REJECT), (0.08, ACCEPT), (0.9, ACCEPT)])
def test_a_verdict_compares_the_last_item_with_the_threshold(score: float, index: int) -> None:
    shown = []

    def scorer(role: str, items: Sequence[Any]) -> np.ndarray:
        shown.append((role, list(items)))
        return as_scores(role, items)

    model = ScoredModel(scorer)
    assert model.choose(verdict([0.5, 0.01, score])).index == index
    assert model.score(verdict([0.5, 0.01, score])).tolist() == [0.08, score]
    assert shown == [("keep", [score])] * 2


def test_rules_dispatch_on_the_role() -> None:
    model = ScoredModel(lambda role, items: [len(i) if role == "state" else -len(i) for i in items], temperature=0)
    assert model.choose(pick(["aa", "bbb", "c"], "state")).index == 1
    assert model.choose(pick(["aa", "bbb", "c"], "action")).index == 2


@pytest.mark.parametrize("temperature", [-1, np.nan, np.inf])
def test_scored_needs_a_temperature(temperature: float) -> None:
    with pytest.raises(ValueError, match=r"^temperature: found .*, expected a finite number >= 0$"):
        ScoredModel(as_scores, temperature=temperature)


@pytest.mark.parametrize("make", [RandomModel, lambda seed: ScoredModel(as_scores, temperature=1, seed=seed)])
def test_the_seed_decides(make: Any) -> None:
    def answers(model: FoundationModel) -> list[int | None]:
        return [model.choose(pick([0.1, 0.2, 0.3, 0.4])).index for _ in range(40)]

    model = make(3)
    assert answers(model) == answers(make(3)) != answers(make(4))
    assert answers(pickle.loads(pickle.dumps(model))) == answers(model)


# Text


def test_prompts_number_their_options_from_zero() -> None:
    system, user = render_prompt(Prompt("Rules.", "Which?", ("4 * 6", "4 + 6")))
    assert system == "Rules."
    assert user.startswith("Which?\n\n0. 4 * 6\n1. 4 + 6\n\n")
    assert "0 to 1" in user
    assert "thought" not in user
    assert '"thought"' in render_prompt(Prompt("Rules.", "Which?", ("4 * 6", "4 + 6"), think=True))[1]
    assert render_prompt(Prompt("Rules.", "Write.")) == ("Rules.", "Write.")


def ask(*options: str) -> Query:
    return Query("state", options, lambda: Prompt("Rules.", "Which?", options, think=True))


def test_callable_reads_the_prompt_and_its_answer_is_parsed() -> None:
    read = []

    def client(text: str) -> str:
        read.append(text)
        return '{"thought": "b is best", "choice": 1}'

    model = CallableModel(client)
    assert model.name == "callable:client"
    assert model.choose(ask("a", "b")) == Choice(1, thought="b is best")
    assert read == ["\n\n".join(render_prompt(ask("a", "b").prompt()))]
    assert model.generate(Prompt("", "Write."), n=2) == [client("")] * 2
    assert read[1] == "Write."
    assert model.usage == Usage(calls=3)


@pytest.mark.parametrize("answer", ["", " \n", None, 1, "no idea", '{"choice": 2}'])
def test_a_malformed_answer_is_counted(answer: Any) -> None:
    model = CallableModel(lambda text: answer)
    choice = model.choose(ask("a", "b"))
    assert choice.index is None
    assert choice.problem
    assert model.usage == Usage(calls=1, malformed=1)


def test_a_callable_may_decline_or_fail(caplog: pytest.LogCaptureFixture) -> None:
    def decline(text: str) -> str:
        raise NoAnswer("out of credit")

    model = CallableModel(decline, name="mine")
    assert model.choose(ask("a", "b")) == Choice(None, "out of credit")
    assert model.generate(Prompt("", "Write."), n=2) == []
    assert model.usage == Usage(calls=3, malformed=3)
    assert caplog.messages == ["model 'mine' wrote no text: out of credit"] * 2

    def fail(text: str) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        CallableModel(fail).choose(ask("a", "b"))


def test_a_prompt_must_list_every_option() -> None:
    query = Query("keep", ["newcomer"], lambda: Prompt("", "Keep?", ("reject",)), verdict=True)
    with pytest.raises(ValueError, match=r"^Prompt.options \(role 'keep'\): found 1 texts, expected 2$"):
        CallableModel(str.upper).choose(query)


# By name


def test_make_model() -> None:
    model = make_model("random", seed=5)
    assert isinstance(model, RandomModel)
    assert model.choose(pick(range(100))) == RandomModel(5).choose(pick(range(100)))


@pytest.mark.parametrize("spec", ["", "oracle", "random:", "openai", "openai:", "Random"])
def test_an_unknown_spec_names_the_known_ones(spec: str) -> None:
    with pytest.raises(ValueError, match=f"^model: found '{spec}', expected 'random' or 'openai:MODEL'$"):
        make_model(spec)


def test_importing_loads_neither_torch_nor_openai() -> None:
    code = "import sys, ige.solvers.foundation; assert not {'torch', 'openai'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)

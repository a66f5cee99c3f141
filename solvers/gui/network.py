"""A policy over screens: it points at widgets and texts by their content instead of by number."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ...envs.gui.kernel import HISTORY, ROWS, VERBS
from ...envs.gui.program import CANDIDATES, FIELDS, HEIGHT, TYPES, WIDTH
from ..core.recurrent import Observations

_FLAGS = 6  # bits, see `envs.gui.kernel.observe`
_FOCUSED = 16
_WORDS, _TASKS = 1024, 64  # numbers of embeddings of texts and of tasks; beyond these, some share one


class ScreenPolicy(nn.Module):
    """Masked logits for each widget, each text and each plain action, and a value; without memory.

    An input tells whether a text to type, or a widget's text or value, is the k-th thing that the goal mentions, so
    that unseen names can be found. Widget numbers and positions of texts carry no information and are left out.
    """

    state_size = 0

    def __init__(self, size: int = 64, words: int = 16, seed: int = 0) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.word, self.task = nn.Embedding(_WORDS, words), nn.Embedding(_TASKS, words)
            row = len(TYPES) + _FLAGS + 4 + 2 * FIELDS + 2 + words
            self.row = _layers(row, size, size)
            self.screen = _layers(2 * size + 2 * words + FIELDS + HISTORY * (1 + len(VERBS)), size, size)
            self.press = _layers(2 * size, size, 2)
            self.text = _layers(size + FIELDS + words, size, 2)
            self.plain = nn.Linear(size, len(VERBS) - 4)  # all verbs except those that point
            self.value = _layers(size, size, 1)
            for part in (*self.press[-1].parameters(), *self.text[-1].parameters(), *self.plain.parameters()):
                nn.init.zeros_(part)

    def initial(self, n: int) -> Tensor:
        return self.plain.weight.new_zeros(n, 0)

    def step(self, observations: Observations, state: Tensor, starts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return (*self._both(observations), state)

    def sequence(self, observations: Observations, state: Tensor, starts: Tensor) -> tuple[Tensor, Tensor]:
        logits, values = self._both({name: part.flatten(0, 1) for name, part in observations.items()})
        return logits.view(*starts.shape, -1), values.view(starts.shape)

    def _both(self, seen: Observations) -> tuple[Tensor, Tensor]:
        table, goal = seen["table"].long(), seen["goal"].long()
        fields, texts = goal[:, None, 2:], seen["candidates"].long()
        shown, value, flags = table[..., 7], table[..., 8], table[..., 9]
        there = (table[..., 0] > 0).unsqueeze(-1)
        bits = torch.stack([(flags >> k) & 1 for k in range(_FLAGS)], -1).float()
        place = table[..., 3:7].float() / table.new_tensor([WIDTH, HEIGHT, WIDTH, HEIGHT])
        named = self.word(shown % _WORDS)
        rows = self.row(
            torch.cat(
                (
                    nn.functional.one_hot(table[..., 1].clamp(0, len(TYPES) - 1), len(TYPES)).float(), bits, place,
                    _same(shown, fields), _same(value, fields), (value == 0).float().unsqueeze(-1), there.float(),
                    named,
                ),
                -1,
            )
        )  # fmt: skip
        rows = rows * there
        focus = (((flags & _FOCUSED) > 0).float().unsqueeze(-1) * named).sum(1)
        verbs = nn.functional.one_hot(seen["history"][..., 0].long(), 1 + len(VERBS)).float().flatten(1)
        asked = (fields[:, 0] > 0).float()
        whole = (rows.amax(1), rows.mean(1), self.task(goal[:, 0] % _TASKS), focus, asked, verbs)
        screen = self.screen(torch.cat(whole, -1))
        press = self.press(torch.cat((rows, screen.unsqueeze(1).expand(-1, ROWS, -1)), -1))
        about = screen.unsqueeze(1).expand(-1, CANDIDATES, -1)
        text = self.text(torch.cat((about, _same(texts, fields), self.word(texts % _WORDS)), -1))
        logits = torch.cat((press[..., 0], press[..., 1], text[..., 0], self.plain(screen), text[..., 1]), 1)
        return logits.masked_fill(seen["action_mask"] == 0, -1e9), self.value(screen).squeeze(-1)


def _same(codes: Tensor, fields: Tensor) -> Tensor:
    """Whether each code equals each of the goal's fields."""
    return ((codes.unsqueeze(-1) == fields) & (fields > 0)).float()


def _layers(width: int, hidden: int, out: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, out))

"""Any chat endpoint that speaks the OpenAI protocol, hosted or local."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .base import ModelUnavailable, NoAnswer
from .text import TextModel

if TYPE_CHECKING:
    import openai

_KEY = "OPENAI_API_KEY"
# Refusals that concern this one prompt (400) and not the set-up; by error code, since both kinds share a status.
_PROMPT_ERRORS = {"context_length_exceeded", "content_filter"}


class ChatModel(TextModel):
    """Asks a chat endpoint through the `openai` client (`pip install "ige[llm]"`).

    The key is read from the environment variable OPENAI_API_KEY when the first request is made, and only the client
    keeps it: it is in no log, repr, exception, result or pickle. Proxies are taken from the environment as usual.

    Time-outs, rate limits (429) and server errors are tried again after the time that Retry-After asks for (at most two
    minutes), else with exponential back-off; when they persist the answer is malformed, with the reason. Problems that
    only a person can fix raise `ModelUnavailable`: no or refused key, exhausted quota, unknown model, no connection.

    Args:
        model: the endpoint's name for the model.
        base_url: such as "http://localhost:8000/v1"; defaults to the variable OPENAI_BASE_URL, else to OpenAI's own.
        temperature: sampling temperature; None leaves it to the endpoint.
        max_tokens: length of the longest answer; None leaves it to the endpoint.
        timeout: seconds per request.
        max_retries: retries per answer.
        extra: further fields of each request, for example {"top_p": 0.2}.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        temperature: float | None = 0.7,
        max_tokens: int | None = 1000,
        timeout: float = 60.0,
        max_retries: int = 4,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        base_url = base_url or os.environ.get("OPENAI_BASE_URL") or None
        if base_url is not None:
            parts = urlsplit(base_url)
            if parts.scheme not in ("http", "https") or "@" in parts.netloc:
                raise ValueError(
                    f"base_url: found {base_url.rpartition('@')[2]!r}, expected http(s)://host/path without credentials"
                )
        if timeout <= 0:
            raise ValueError(f"timeout: found {timeout}, expected seconds > 0")
        if max_retries < 0:
            raise ValueError(f"max_retries: found {max_retries}, expected >= 0")
        super().__init__(f"openai:{model}")
        self.model = model
        self.base_url = base_url
        self.temperature = temperature
        self.max_tokens = max_tokens
        self.timeout = timeout
        self.max_retries = max_retries
        self.extra = dict(extra or {})
        self._client: openai.OpenAI | None = None
        # Checked now rather than an hour into a run.
        _import_openai()
        _key()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_client": None}  # the client holds the key

    def _complete(self, system: str, user: str, temperature: float | None, max_tokens: int | None) -> str:
        api = _import_openai()
        if self._client is None:
            self._client = api.OpenAI(
                api_key=_key(), base_url=self.base_url, timeout=self.timeout, max_retries=self.max_retries
            )
        settings = {
            "temperature": self.temperature if temperature is None else temperature,
            "max_tokens": self.max_tokens if max_tokens is None else max_tokens,
        }
        request: dict[str, Any] = {
            "model": self.model,
            "messages": [
                {"role": role, "content": content} for role, content in (("system", system), ("user", user)) if content
            ],
            **{name: value for name, value in settings.items() if value is not None},
        }
        try:
            raw = self._client.chat.completions.with_raw_response.create(**request, extra_body=self.extra)
        except api.APIError as error:
            problem = self._explain(error, self._client.api_key)
        else:
            self.usage.retries += raw.retries_taken
            return self._read(raw)
        # Outside the handler: the caught error carries the request and with it the key.
        raise problem

    def _read(self, raw: Any) -> str:
        try:
            completion = raw.parse()
            message = completion.choices[0].message
            content, finish = message.content, completion.choices[0].finish_reason
        except (ValueError, AttributeError, LookupError, TypeError):
            raise NoAnswer("found a reply that is no chat completion") from None
        self.usage.tokens_in += _count(completion, "prompt_tokens")
        self.usage.tokens_out += _count(completion, "completion_tokens")
        if not (isinstance(content, str) and content):
            raise NoAnswer(f"found a reply without text (finish_reason {_line(finish)!r})")
        return content

    def _explain(self, error: openai.APIError, key: str) -> Exception:
        """The error to raise instead, without the key; also counts the retries that failed."""
        api = _import_openai()
        self.usage.retries += int(error.request.headers.get("x-stainless-retry-count", 0))
        if isinstance(error, api.APITimeoutError) and type(error.__cause__).__name__ != "ConnectTimeout":
            return NoAnswer(f"found no answer within {self.timeout} s, {self.max_retries} retries included")
        if isinstance(error, api.APIConnectionError):
            return ModelUnavailable(f"base_url: no connection to {self.base_url or 'the OpenAI endpoint'}")
        status = getattr(error, "status_code", None)
        # The server's words may quote the key.
        said = _line(str(error).replace(key, "[key]"))
        transient = status in (408, 409, 429) or (status is not None and status >= 500)
        if (transient and error.code != "insufficient_quota") or error.code in _PROMPT_ERRORS:
            return NoAnswer(f"found status {status}: {said}")
        variable = f", check {_KEY}" if status in (401, 403) else ""
        return ModelUnavailable(f"model {self.name!r}: the endpoint refused with status {status}{variable}: {said}")


def _import_openai() -> Any:
    try:
        import openai
    except ImportError:
        raise ImportError('openai: not installed, expected the extra "llm": pip install "ige[llm]"') from None
    return openai


def _key() -> str:
    key = os.environ.get(_KEY, "").strip()
    if not key:
        raise ModelUnavailable(f"{_KEY}: not set in the environment, expected a key (any word for a local endpoint)")
    # A character that a header cannot hold would make the transport quote the key in its error.
    if not key.isascii() or not key.isprintable():
        raise ModelUnavailable(f"{_KEY}: found characters that no header can hold, expected printable ASCII")
    return key


def _count(completion: Any, field: str) -> int:
    # Endpoints may leave out the usage, or parts of it.
    count = getattr(getattr(completion, "usage", None), field, None)
    return count if isinstance(count, int) else 0


def _line(text: object) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= 200 else line[:197] + "..."

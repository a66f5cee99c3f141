"""ChatModel over real HTTP, against a scripted server on loopback."""

from __future__ import annotations

import contextlib
import json
import logging
import pickle
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from ige.solvers.foundation import (
    ChatModel,
    Choice,
    ModelUnavailable,
    Prompt,
    Query,
    UnsupportedQuery,
    Usage,
    make_model,
)

pytest.importorskip("openai")

KEY = "sk-secret-0123456789abcdef"
QUERY = Query("state", "abc", lambda: Prompt("Rules.", "Which?", ("take a", "take b", "take c")))
PROMPT = Prompt("Rules.", "Write.")


class Reply(NamedTuple):
    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = ()


class Server(ThreadingHTTPServer):
    """Answers with the replies of `script` in turn, the last one for ever; None never answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Reply | None] = []
        self.requests: list[dict[str, Any]] = []
        self.authorizations: set[str | None] = set()
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append({"path": self.path, **body})
        self.server.authorizations.add(self.headers["Authorization"])
        script = self.server.script
        reply = script.pop(0) if len(script) > 1 else script[0]
        if reply is None:
            self.server.closing.wait()
            return
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **dict(reply.headers)}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def said(content: Any, usage: Any = None, finish: str = "stop") -> Reply:
    message = {"role": "assistant", "content": content}
    choices = [{"index": 0, "finish_reason": finish, "message": message}]
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": choices}
    return Reply(200, body if usage is None else {**body, "usage": usage})


def refused(status: int, message: str = "no", code: str | None = None, **headers: str) -> Reply:
    error = {"message": message, "type": "error", "param": None, "code": code}
    return Reply(status, {"error": error}, tuple((name.replace("_", "-"), value) for name, value in headers.items()))


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.closing.set()
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A key and no proxies; at the end, nothing that any logger said at DEBUG level holds the key."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for name in [None, "openai", "httpx", "httpcore", "httpx2", "httpcore2", "ige"]:
        caplog.set_level(logging.DEBUG, logger=name)
    yield
    for phase in ("setup", "call"):
        for record in caplog.get_records(phase):
            assert KEY not in record.getMessage() + str(record.args) + str(record.exc_info)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the client would have waited between its attempts."""
    seconds: list[float] = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    return seconds


def assert_in_one_line_without_key(error: BaseException) -> None:
    assert "\n" not in str(error)
    assert KEY not in "".join(traceback.format_exception(error)) + repr(error)
    # Nothing that is chained to the error could give the key away to a debugger or a crash report either.
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_good_answer_and_its_tokens(server: Server) -> None:
    usage = {"prompt_tokens": 30, "completion_tokens": 7, "total_tokens": 37}
    server.script = [said('```json\n{"thought": "b", "choice": 1}\n```', usage), said("2", usage), said("0")]
    model = ChatModel("tiny", server.url, temperature=0.3, max_tokens=50, extra={"top_p": 0.2})
    assert model.choose(QUERY) == Choice(1, thought="b")
    assert model.choose(QUERY) == Choice(2)
    assert model.choose(QUERY) == Choice(0)
    assert model.usage == Usage(calls=3, tokens_in=60, tokens_out=14)
    assert server.authorizations == {f"Bearer {KEY}"}
    request = server.requests[0]
    user = request["messages"].pop()
    assert request == {
        "path": "/v1/chat/completions",
        "model": "tiny",
        "messages": [{"role": "system", "content": "Rules."}],
        "temperature": 0.3,
        "max_tokens": 50,
        "top_p": 0.2,
    }
    assert user["role"] == "user"
    assert user["content"].startswith("Which?\n\n0. take a\n1. take b\n2. take c\n\n")


def test_texts(server: Server) -> None:
    server.script = [said("first"), said(None, finish="content_filter"), said("third")]
    model = ChatModel("tiny", server.url, temperature=None, max_tokens=None)
    assert model.generate(PROMPT, n=3, max_tokens=9) == ["first", "third"]
    assert model.usage == Usage(calls=3, malformed=1)
    assert server.requests[0]["max_tokens"] == 9
    assert "temperature" not in server.requests[0]


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (said('{"choice": 1'), "malformed JSON"),
        (said('{"choice": 3}'), "expected 0 to 2"),
        (said("I cannot decide."), "no choice"),
        (said(None, finish="content_filter"), "content_filter"),
        (said("", finish="length"), "length"),
        (said([{"type": "text"}]), "without text"),
        (Reply(200, {"error": "odd"}), "no chat completion"),
        (Reply(200, {"choices": []}), "no chat completion"),
        (Reply(200, b"{not json"), "no chat completion"),
        (Reply(200, b"<html></html>", (("Content-Type", "text/html"),)), "no chat completion"),
        (refused(400, "too long", "context_length_exceeded"), "too long"),
    ],
)
def test_a_malformed_answer_is_an_outcome(server: Server, reply: Reply, problem: str) -> None:
    server.script = [reply]
    model = ChatModel("tiny", server.url)
    choice = model.choose(QUERY)
    assert choice.index is None
    assert choice.problem is not None
    assert problem in choice.problem
    assert model.usage == Usage(calls=1, malformed=1)


@pytest.mark.parametrize("usage", [{}, {"prompt_tokens": None}, {"prompt_tokens": "3"}, "odd"])
def test_odd_token_counts_do_not_spoil_an_answer(server: Server, usage: Any) -> None:
    server.script = [said("1", usage)]
    model = ChatModel("tiny", server.url)
    assert model.choose(QUERY) == Choice(1)
    assert model.usage == Usage(calls=1)


def test_a_time_out_is_tried_again(server: Server, slept: list[float]) -> None:
    server.script = [None, said("1")]
    model = ChatModel("tiny", server.url, timeout=0.5, max_retries=3)
    choice = model.choose(QUERY)
    # On a machine that is busy enough the good answer may come too late as well; it is asked for four times.
    assert choice == Choice(1)
    assert model.usage.retries == len(slept) == len(server.requests) - 1 >= 1


def test_a_lasting_time_out_is_an_outcome(server: Server, slept: list[float]) -> None:
    server.script = [None]
    model = ChatModel("tiny", server.url, timeout=0.1, max_retries=2)
    assert model.choose(QUERY) == Choice(None, "found no answer within 0.1 s, 2 retries included")
    assert model.usage == Usage(calls=1, malformed=1, retries=2)
    assert len(slept) == 2


def test_retry_after_is_honoured(server: Server, slept: list[float]) -> None:
    server.script = [refused(429, Retry_After="7"), refused(503, Retry_After="11"), said("1")]
    model = ChatModel("tiny", server.url)
    assert model.choose(QUERY) == Choice(1)
    assert slept == [7, 11]
    assert model.usage == Usage(calls=1, retries=2)


@pytest.mark.parametrize("status", [429, 500])
def test_a_lasting_refusal_is_an_outcome(server: Server, slept: list[float], status: int) -> None:
    server.script = [refused(status, f"slow\ndown, {KEY}")]
    model = ChatModel("tiny", server.url, max_retries=2)
    choice = model.choose(QUERY)
    assert choice.index is None
    assert choice.problem is not None
    assert choice.problem.startswith(f"found status {status}: ")
    assert "slow down" in choice.problem.replace("\\n", " ")
    assert KEY not in choice.problem
    assert model.generate(PROMPT) == []
    assert model.usage == Usage(calls=2, malformed=2, retries=4)
    assert len(slept) == 4


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (refused(401, f"bad key: {KEY}\nsee the manual"), "status 401, check OPENAI_API_KEY"),
        (refused(403), "status 403, check OPENAI_API_KEY"),
        (refused(404, "no such model"), "no such model"),
        (refused(400, "no such field", "unknown_parameter"), "no such field"),
        (refused(429, "pay first", "insufficient_quota"), "pay first"),
    ],
)
def test_what_a_person_must_mend_is_an_error(server: Server, reply: Reply, message: str) -> None:
    server.script = [reply]
    model = ChatModel("tiny", server.url, max_retries=0)
    for ask in (lambda: model.choose(QUERY), lambda: model.generate(PROMPT)):
        with pytest.raises(ModelUnavailable, match=r"^model 'openai:tiny': the endpoint refused with ") as caught:
            ask()
        assert message in str(caught.value)
        assert_in_one_line_without_key(caught.value)


def test_nobody_listening_is_an_error(slept: list[float]) -> None:
    with socket.socket() as taken:  # bound and not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        model = ChatModel("tiny", url, max_retries=1)
        with pytest.raises(ModelUnavailable, match=f"^base_url: no connection to {url}$") as caught:
            model.choose(QUERY)
    assert_in_one_line_without_key(caught.value)
    assert model.usage.retries == len(slept) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full backlog does not leave a connection waiting")
def test_a_host_that_never_connects_is_an_error_and_not_a_slow_answer(slept: list[float]) -> None:
    with socket.socket() as full, contextlib.ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        model = ChatModel("tiny", f"http://127.0.0.1:{full.getsockname()[1]}/v1", timeout=0.2, max_retries=1)
        with pytest.raises(ModelUnavailable, match=r"^base_url: no connection to ") as caught:
            model.choose(QUERY)
    assert_in_one_line_without_key(caught.value)


@pytest.mark.parametrize("key", [None, "", "  "])
def test_a_missing_key_is_an_error(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    if key is None:
        monkeypatch.delenv("OPENAI_API_KEY")
    else:
        monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(
        ModelUnavailable, match=r"^OPENAI_API_KEY: not set in the environment, expected a key .*$"
    ) as caught:
        make_model("openai:tiny")
    assert_in_one_line_without_key(caught.value)


@pytest.mark.parametrize("key", [f"{KEY}\n", f" {KEY}"])
def test_blanks_around_a_key_are_dropped(server: Server, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    server.script = [said("1")]
    assert ChatModel("tiny", server.url).choose(QUERY) == Choice(1)
    assert server.authorizations == {f"Bearer {KEY}"}


@pytest.mark.parametrize("key", [f"{KEY}\nx", f"{KEY}é"])
def test_a_key_that_no_header_can_hold_is_an_error(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(
        ModelUnavailable, match=r"^OPENAI_API_KEY: found characters .*, expected printable ASCII$"
    ) as caught:
        ChatModel("tiny")
    assert_in_one_line_without_key(caught.value)


def test_the_key_is_not_in_what_one_keeps(server: Server) -> None:
    server.script = [said("1")]
    model = ChatModel("tiny", server.url)
    model.choose(QUERY)
    assert KEY not in repr(model) + json.dumps(model.usage.as_dict())
    stored = pickle.dumps(model)
    assert KEY.encode() not in stored
    copy = pickle.loads(stored)
    assert copy.choose(QUERY) == Choice(1)
    assert (copy.usage.calls, model.usage.calls) == (2, 1)


def test_the_endpoint_may_come_from_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.script = [said("1")]
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    model = make_model("openai:org/tiny:latest")
    assert model.name == "openai:org/tiny:latest"
    assert model.choose(QUERY) == Choice(1)
    assert server.requests[0]["model"] == "org/tiny:latest"


def test_scores_are_not_supported() -> None:
    with pytest.raises(
        UnsupportedQuery, match=r"^model 'openai:tiny' does not support 'score' queries \(role 'state'\)$"
    ):
        ChatModel("tiny").score(QUERY)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"base_url": "localhost:8000"}, "base_url: found 'localhost:8000', expected http"),
        ({"base_url": f"http://me:{KEY}@localhost/v1"}, "base_url: found 'localhost/v1', expected http"),
        ({"timeout": 0}, "timeout: found 0, expected seconds > 0"),
        ({"max_retries": -1}, "max_retries: found -1, expected >= 0"),
    ],
)
def test_bad_settings_are_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        ChatModel("tiny", **settings)
    assert_in_one_line_without_key(caught.value)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(ImportError, match=r'expected the extra "llm": pip install "ige\[llm\]"$'):
        ChatModel("tiny")

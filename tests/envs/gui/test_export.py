"""An episode as an HTML file, without a browser: its content, its escaping, and the command."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markup import MARKUP, nasty

from ige.envs.gui import export
from ige.envs.gui.env import GUIWidget

IGE = """
import sys, gymnasium, ige.cli
gymnasium.register("test/Screens-v0", "ige.envs.gui.env:GUIWidget")
ige.cli.main()
"""


class Elements(HTMLParser):
    """The tags of a file, and the content of its data script."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.data = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "script" and data.startswith("{"):
            self.data = data


def test_markup_in_texts_is_data_in_the_file() -> None:
    plain, harmful = GUIWidget(task="login"), nasty(GUIWidget())
    found = []
    for env in (plain, harmful):
        env.reset(seed=0)
        parser = Elements()
        parser.feed(export.page(env))
        found.append(parser)
    assert found[0].tags == found[1].tags
    data = json.loads(found[1].data)
    assert data["episode"]["goal"] == harmful.goal
    assert set(MARKUP) <= set(data["words"]["texts"])


def test_a_page_needs_a_running_episode() -> None:
    with pytest.raises(ValueError, match="call reset first"):
        export.page(GUIWidget())


def test_the_command_writes_a_page(tmp_path: Path) -> None:
    def run(*arguments: str) -> Any:
        return subprocess.run([sys.executable, "-c", IGE, "gui-export", *arguments], capture_output=True, text=True)

    files = [tmp_path / "folder" / name for name in ("one.html", "two.html", "other.html")]
    for file, seed in zip(files, ("1", "1", "2"), strict=True):
        done = run("test/Screens-v0", str(file), "--task", "login", "--seed", seed)
        assert done.returncode == 0, done.stderr
        parser = Elements()
        parser.feed(file.read_text(encoding="utf-8"))
        goal = json.loads(parser.data)["episode"]["goal"]
        assert goal in done.stdout
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()
    for arguments, message in (
        (("test/Screens-v0", "x.html", "--task", "logn"), "'logn' is unknown; close: login"),
        (("GameOf24", "x.html"), "has no screens"),
    ):
        done = run(*arguments)
        assert done.returncode == 2
        assert message in done.stderr

"""The example that drives an exported page by its address only."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ige.envs.gui import browser, export
from ige.envs.gui.env import GUIWidget
from ige.examples import browsergym_task as example


@pytest.mark.xdist_group("browser")
def test_an_exported_page_is_a_task(tmp_path: Path) -> None:
    try:
        page = browser.browser().new_page(viewport=example.ExportedTask.viewport)
    except (ModuleNotFoundError, FileNotFoundError) as error:
        pytest.skip(f"no browser: {error}")
    env = GUIWidget(task="click-button", termination="auto", max_steps_factor=20.0)
    env.reset(seed=0)
    file = tmp_path / "page.html"
    export.write(env, file)
    task = example.ExportedTask(url=file.as_uri())
    goal, _ = task.setup(page)
    assert goal == env.goal
    assert task.validate(page, [])[:2] == (0.0, False)
    rewards = [example.play(task, page, random.Random(seed), 30)[0] for seed in range(3)]
    assert max(rewards) == 1.0
    file.write_text(file.read_text(encoding="utf-8").replace('"task":0', '"task":1', 1), encoding="utf-8")
    with pytest.raises(ValueError, match="checksum"):
        task.setup(page)
    browser.shut_down()

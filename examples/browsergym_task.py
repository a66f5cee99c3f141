"""A page written by `ige gui-export` as a BrowserGym task; apart from the file, nothing of ige is needed.

ige gui-export GUIWidget login.html --task login
python examples/browsergym_task.py login.html

`ExportedTask` has the methods of BrowserGym's `AbstractBrowserTask`, so BrowserGym can play it:
`BrowserEnv(ExportedTask, task_kwargs={"url": ...})`. Run as a script, this file needs Playwright only: it clicks at
random.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Any

RESULTS = "() => [WOB_DONE_GLOBAL, WOB_RAW_REWARD_GLOBAL, WOB_REWARD_GLOBAL, WOB_REWARD_REASON, WOB_EPISODE_ID]"


class ExportedTask:
    """An exported page, given by its address. The page contains the episode, so the seed changes nothing."""

    viewport: Any = {"width": 720, "height": 660}
    slow_mo = 0  # milliseconds; no delay, since the page is up to date when an event returns
    timeout = 5000
    locale, timezone_id = None, None

    def __init__(self, seed: int = 0, url: str = "") -> None:
        self.seed, self.url = seed, url

    @classmethod
    def get_task_id(cls) -> str:
        return "ige.exported"

    def setup(self, page: Any) -> tuple[str, dict[str, Any]]:
        """Open the page and start its episode; returns the goal and further information."""
        page.goto(self.url)
        if not page.evaluate("() => window.WOB_TASK_READY === true"):
            raise ValueError(page.locator("#status").inner_text())  # for instance, the file was changed
        page.evaluate("() => core.startEpisodeReal()")
        return page.evaluate("() => core.getUtterance()"), {}

    def validate(self, page: Any, chat_messages: list[Any]) -> tuple[float, bool, str, dict[str, Any]]:
        """Reward (1 for success only), whether the episode is over, a message for the user, and further information."""
        done, raw, reward, reason, episode = page.evaluate(RESULTS)
        return float(raw > 0), done, "", {"reward": reward, "reason": reason, "episode": episode}

    def cheat(self, page: Any, chat_messages: list[Any]) -> None:
        raise NotImplementedError("a page does not know how it is solved; `ige.envs.gui.oracle` does")

    def teardown(self) -> None:
        pass


def play(task: ExportedTask, page: Any, rng: random.Random, clicks: int = 50) -> tuple[float, int]:
    """Click at random until the episode is over; returns the reward and the number of clicks."""
    task.setup(page)
    for done in range(clicks):
        rng.choice(page.get_by_role("button").all()).click(force=True)
        reward, over, _, _ = task.validate(page, [])
        if over:
            return reward, done + 1
    return 0.0, clicks


def main() -> None:
    parser = argparse.ArgumentParser(description="Click at random on an exported page.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--episodes", type=int, default=5)
    parser.add_argument("--executable-path", default=None, help="of Chromium, where Playwright has none of its own")
    args = parser.parse_args()

    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=args.executable_path).new_page(viewport=ExportedTask.viewport)
        task = ExportedTask(url=args.file.resolve().as_uri())
        print(task.setup(page)[0])
        for seed in range(args.episodes):
            reward, clicks = play(task, page, random.Random(seed))
            print(f"episode {seed}: reward {reward} after {clicks} clicks")


if __name__ == "__main__":
    main()

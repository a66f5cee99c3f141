"""Pictures of instances and solutions: routes, prizes and loads, items; and constructions as animations."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...render import Frame, blank, draw_circle, draw_line, draw_rectangle, draw_text, palette, save_gif, save_png
from .instance import ATSP, CVRP, TSP, Array, Instance, Knapsack, Orienteering
from .metric import distances

SIDE, MARGIN, HEADER = 400, 16, 32
COLUMNS, ROW = 2, 14  # layout of the table of items
LOADS = 12  # width of the load bars in pixels
ATTEMPT = palette.CATEGORIES[0]


def picture(instance: Instance, actions: ArrayLike, title: str = "") -> Frame:
    """An instance with the decisions so far, uint8 (height, width, 3); a full solution is closed to node 0.

    Raises:
        ValueError: there are more decisions than a solution has, or they name something that the instance lacks.
    """
    chosen = np.asarray(actions, np.int64).reshape(-1)
    if isinstance(instance, Knapsack):
        return _items(instance, chosen, title)
    places = _places(instance)
    nodes = chosen // 2 if isinstance(instance, CVRP) else chosen
    if len(nodes) >= len(places) or (len(nodes) and not 0 <= nodes.min() <= nodes.max() < len(places)):
        raise ValueError(
            f"actions: {chosen.tolist()}, expected up to {len(places) - 1} decisions of {instance.problem}"
        )
    routes = instance.routes(chosen) if isinstance(instance, CVRP) else [nodes.tolist()] if len(nodes) else []
    frame = blank(SIDE + HEADER + 2 * MARGIN, SIDE + 2 * MARGIN + (3 * LOADS if isinstance(instance, CVRP) else 0))
    done = _is_done(instance, chosen)
    length = 0.0
    for r, route in enumerate(routes):
        path = [0, *route] + ([0] if done or r < len(routes) - 1 else [])
        colour = palette.CATEGORIES[r % (len(palette.CATEGORIES) - 1)]
        for i, j in pairwise(path):
            draw_line(frame, _pixel(places[i]), _pixel(places[j]), colour, 2)
            length += _apart(instance, i, j)
    _nodes(frame, instance, places, nodes, routes)
    if isinstance(instance, CVRP):
        _loads(frame, instance, routes)
    worth = f"prizes {instance.prizes[nodes].sum():.2f}, " if isinstance(instance, Orienteering) else ""
    long = f"{length:.4g}" if length < 1000 else f"{length:.0f}"
    text = f"{worth}length {long}" + (f" of {instance.budget:g}" if isinstance(instance, Orienteering) else "")
    _heading(frame, title, text)
    return frame


def side_by_side(instance: Instance, solutions: dict[str, ArrayLike]) -> Frame:
    """Pictures of several solutions of one instance, each under its title."""
    return np.concatenate([picture(instance, actions, title) for title, actions in solutions.items()], axis=1)


def construction(instance: Instance, actions: ArrayLike, title: str = "") -> list[Frame]:
    """One picture after every decision of a solution, preceded by one without decisions."""
    chosen = np.asarray(actions, np.int64).reshape(-1)
    return [picture(instance, chosen[:k], title) for k in range(len(chosen) + 1)]


def save(path: Path, instance: Instance, actions: ArrayLike, title: str = "") -> None:
    """Write a solution as .png, or its construction as .gif; `ValueError` for any other suffix."""
    check_suffix(path)
    if path.suffix == ".gif":
        save_gif(path, construction(instance, actions, title))
    else:
        save_png(path, picture(instance, actions, title))


def check_suffix(path: Path) -> None:
    """Raise `ValueError` unless `save` can write the file."""
    if path.suffix not in (".png", ".gif"):
        raise ValueError(f"plot: {path}, expected .png or .gif")


def _places(instance: Instance) -> Array:
    """Where nodes are shown, (nodes, 2) in the unit square; without coordinates they stand in a circle."""
    assert isinstance(instance, ATSP | TSP | CVRP | Orienteering)
    points = instance.display if isinstance(instance, ATSP) else instance.points
    if points is None:
        nodes = instance.n + isinstance(instance, CVRP)
        angles = np.linspace(0, 2 * np.pi, nodes, endpoint=False)
        return 0.5 + 0.5 * np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    if points.min() >= 0 and points.max() <= 1:
        return points
    low = points.min(0)
    return (points - low) / max(float((points - low).max()), 1e-300)


def _pixel(place: NDArray[np.float64]) -> tuple[float, float]:
    """The pixel (y, x) of a place; in an instance, y grows upwards."""
    x, y = place
    return HEADER + MARGIN + (1 - y) * (SIDE - 1), MARGIN + x * (SIDE - 1)


def _apart(instance: Instance, i: int, j: int) -> float:
    """The distance between two nodes as `cost` counts it, rounded where `cost` rounds."""
    if (matrix := getattr(instance, "matrix", None)) is not None:
        return float(matrix[i, j])
    points: Array = instance.points  # type: ignore[attr-defined]
    return float(distances(points[i], points[j], getattr(instance, "metric", "EUCLIDEAN")))


def _is_done(instance: Instance, chosen: NDArray[np.int64]) -> bool:
    try:
        instance.objective(chosen)
    except ValueError:
        return False
    return len(chosen) > 0


def _nodes(
    frame: Frame, instance: Instance, places: Array, visited: NDArray[np.int64], routes: list[list[int]]
) -> None:
    radius = np.full(len(places), max(1.5, min(5.0, 60 / len(places) ** 0.5)))
    if isinstance(instance, Orienteering):
        radius = 1 + 2 * radius * np.sqrt(instance.prizes / instance.prizes.max())
    elif isinstance(instance, CVRP):
        radius = radius * (0.5 + np.sqrt(instance.demands / max(instance.demands.max(), 1e-300)))
    colours = dict.fromkeys(visited.tolist(), ATTEMPT)
    for r, route in enumerate(routes if isinstance(instance, CVRP) else []):
        colours |= dict.fromkeys(route, palette.CATEGORIES[r % (len(palette.CATEGORIES) - 1)])
    for j in range(1, len(places)):
        y, x = _pixel(places[j])
        draw_circle(frame, y, x, float(radius[j]), colours.get(j, palette.PANEL), palette.INK)
    y, x = _pixel(places[0])
    half = 5
    draw_rectangle(frame, round(y) - half, round(x) - half, 2 * half + 1, 2 * half + 1, palette.INK)
    if len(visited):
        y, x = _pixel(places[visited[-1]])
        draw_circle(frame, y, x, float(radius[visited[-1]]) + 3, palette.YELLOW, palette.INK)


def _loads(frame: Frame, instance: CVRP, routes: list[list[int]]) -> None:
    """A bar for each route that shows how full it is."""
    left, each = SIDE + 2 * MARGIN, max(2, min(18, SIDE // max(len(routes), 1) - 2))
    for r, route in enumerate(routes):
        top = HEADER + MARGIN + r * (each + 2)
        width = 3 * LOADS - MARGIN
        share = min(1.0, float(instance.demands[route].sum()) / instance.capacity)
        draw_rectangle(frame, top, left, each, width, palette.PANEL, palette.BORDER)
        colour = palette.CATEGORIES[r % (len(palette.CATEGORIES) - 1)]
        draw_rectangle(frame, top, left, each, round(share * width), colour)


def _items(instance: Knapsack, chosen: NDArray[np.int64], title: str) -> Frame:
    """A table: each item's number, value and weight, the packed ones in colour; the load below."""
    rows = -(-instance.n // COLUMNS)
    column = SIDE // COLUMNS
    frame = blank(HEADER + rows * ROW + 3 * MARGIN, SIDE + 2 * MARGIN)
    most, heaviest = float(instance.values.max()), float(instance.weights.max())
    packed = set(chosen.tolist())
    bar = (column - 40) // 2
    for j in range(instance.n):
        top, left = HEADER + (j % rows) * ROW, MARGIN + (j // rows) * column
        inside = j in packed
        draw_text(frame, top, left, f"{j:>3}", palette.INK if inside else palette.MUTED)
        for k, (share, hue) in enumerate(
            ((instance.values[j] / most, palette.GREEN), (instance.weights[j] / heaviest, palette.ORANGE))
        ):
            start = left + 26 + k * (bar + 4)
            draw_rectangle(frame, top + 1, start, ROW - 4, bar, palette.PANEL, palette.BORDER)
            width = max(1, round(float(share) * bar))
            draw_rectangle(frame, top + 1, start, ROW - 4, width, hue if inside else palette.BORDER)
    load = float(instance.weights[chosen].sum())
    top = HEADER + rows * ROW + MARGIN
    draw_rectangle(frame, top, MARGIN, ROW, SIDE, palette.PANEL, palette.BORDER)
    draw_rectangle(frame, top, MARGIN, ROW, round(min(1.0, load / instance.capacity) * SIDE), palette.ORANGE)
    worth = float(instance.values[chosen].sum())
    _heading(frame, title, f"value {worth:.4g} (green), weight {load:.4g} of {instance.capacity:g}")
    return frame


def _heading(frame: Frame, title: str, text: str) -> None:
    draw_text(frame, 4, MARGIN, title or text)
    if title:
        draw_text(frame, 17, MARGIN, text, palette.MUTED)

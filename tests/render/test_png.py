from pathlib import Path

import numpy as np
import pytest

from ige.render import blank, save_png


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 300, 3), (64, 3, 3)])
def test_another_reader_sees_the_same_pixels(shape, tmp_path):
    image = pytest.importorskip("PIL.Image")
    frame = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    save_png(tmp_path / "frame.png", frame[::-1])
    with image.open(tmp_path / "frame.png") as read:
        assert (read.format, read.mode) == ("PNG", "RGB")
        np.testing.assert_array_equal(np.asarray(read), frame[::-1])


@pytest.mark.parametrize(
    "frame",
    [np.zeros((4, 5, 3)), np.zeros((4, 5), np.uint8), np.zeros((4, 5, 4), np.uint8), np.zeros((0, 5, 3), np.uint8)],
)
def test_what_is_not_a_frame_is_refused(frame, tmp_path):
    with pytest.raises(ValueError, match="expected uint8"):
        save_png(tmp_path / "frame.png", frame)
    assert not list(tmp_path.iterdir())


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "frame.png"
    save_png(path, blank(3, 3))
    before = path.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        save_png(path, blank(5, 5))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        save_png(tmp_path / "nowhere" / "frame.png", blank(3, 3))

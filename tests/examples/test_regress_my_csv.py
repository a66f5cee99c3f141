"""The example with a user's own file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ige.examples import regress_my_csv

pytestmark = pytest.mark.xdist_group("regress_my_csv")  # compiled once


def test_a_file_made_up_shows_the_gain_of_groups(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row.group: row for row in regress_my_csv.main(orders=3)}
    assert list(rows) == ["smoker=no", "smoker=yes", "region=north", "region=south", "region=west", "always"]
    assert rows["always"].rounds == 2000 == rows["smoker=no"].rounds + rows["smoker=yes"].rounds
    for group in ("smoker=no", "smoker=yes", "always"):
        assert rows[group].regret["adanormalhedge"] < rows[group].regret["ridge"]
    assert "smoker=yes" in capsys.readouterr().out


def test_a_users_own_file_and_mistakes_in_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("size,kind,price\n1,a,3\n2,b,5\n4,a,\n")
    with pytest.raises(ValueError, match="line 4, column 'price': found nothing, expected a number"):
        regress_my_csv.main(path, "price", ["kind"])
    path.write_text("size,kind,price\n1,a,3\n2,b,5\n4,a,9\n")
    assert [row.rounds for row in regress_my_csv.main(path, "price", ["kind"], orders=1)] == [2, 1, 3]

from __future__ import annotations

import pytest

from sessionm_braze import PayloadError, PointBalances
from sessionm_braze.models import dump, load


BODY = {
    "status": "ok",
    "payload": {
        "retailer_id": "r",
        "user_id": "u",
        "summary": {"total_points": 240.5, "life_time_points": 1740, "x": 1},
        "details": [
            {
                "account_name": "Base points",
                "user_point_account_id": "ua",
                "point_account_id": "a",
                "grouping_label": "Base",
                "available_balance": 240.5,
                "life_time_value": 1740,
                "y": [2],
            }
        ],
        "z": None,
    },
}


class TestPointBalances:
    def test_round_trip(self):
        """Balances are typed, and written back with what is unknown."""
        balances = load(PointBalances, BODY)

        assert BODY == dump(balances) == balances.raw
        assert ("u", "r", 240.5, 1740) == (
            balances.user_id,
            balances.retailer_id,
            balances.total_points,
            balances.life_time_points,
        )

    @pytest.mark.parametrize("name", ["Base points", "a", "ua"])
    def test_find(self, name):
        """Accounts are found by name and by either id."""
        assert 240.5 == load(PointBalances, BODY).find(name).available_balance

    def test_is_a_sequence_of_accounts(self):
        """``len`` and iteration act on the accounts; without any it is still true."""
        balances = load(PointBalances, BODY)

        assert ["Base points"] == [account.account_name for account in balances]
        assert 1 == len(balances)
        assert PointBalances()
        assert "PointBalances(u: Base points=240.5)" == repr(balances)

    def test_without_a_summary(self):
        """A sum that did not come is none."""
        assert PointBalances().total_points is None
        assert PointBalances().life_time_points is None

    def test_wants_accounts(self):
        """An answer without accounts has the wrong shape."""
        with pytest.raises(PayloadError, match=r"missing @ \$\.payload\.details"):
            load(PointBalances, {"status": "ok", "payload": {}})

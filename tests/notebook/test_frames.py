import subprocess
import sys
from datetime import UTC, datetime

import pytest

from sessionm_braze.models import OfferWallet, UserOffer, load
from sessionm_braze.notebook import wallets_to_frame


pandas = pytest.importorskip("pandas", reason="no pandas here: frames are not tried")

END = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)


@pytest.fixture
def wallet():
    """Return a wallet with one full and one bare offer."""
    return load(
        OfferWallet,
        {
            "payload": {
                "user_id": "u-1",
                "user_offers": [
                    {
                        "offer_id": "o-1",
                        "name": "Tea",
                        "offer_group_id": "g",
                        "expiration_date": "9999-12-31T23:59:00Z",
                        "is_redeemable": True,
                        "quantity": 3,
                        "points_spent": 2.5,
                        "media": [{"uri": "https://img.test/a.png", "content_type": 1}],
                        "novel": {"a": 1},
                    },
                    {"offer_id": "o-2", "end_date": "not a date"},
                ],
                "offer_groups": [{"id": "g", "name": "Drinks"}],
            }
        },
    )


class TestColumns:
    def test_are_the_same_for_every_wallet(self, wallet):
        """An empty wallet, no wallet and a full one have the same columns and types."""
        full, empty = wallet.to_frame(), OfferWallet().to_frame()

        assert full.dtypes.to_dict() == empty.dtypes.to_dict()
        assert full.dtypes.to_dict() == wallets_to_frame([]).dtypes.to_dict()
        assert (0, 27) == empty.shape

    def test_have_types_that_can_miss_values(self, wallet):
        """Dates know their zone, and whole numbers and flags may be missing."""
        types = wallet.to_frame().dtypes.astype(str).to_dict()

        assert "datetime64[us, UTC]" == types["expiration_date"] == types["ends_at"]
        assert ("Int64", "Int64") == (types["quantity"], types["status"])
        assert ("Float64", "boolean") == (types["points_spent"], types["is_redeemable"])

    def test_take_unknown_fields_on_request(self, wallet):
        """Unknown fields, unreadable dates among them, are columns when asked for."""
        frame = wallet.to_frame(unknown=True)

        assert ["extra.novel", "extra.end_date"] == list(frame.columns[27:])
        assert {"a": 1} == frame.loc[0, "extra.novel"]
        assert "not a date" == frame.loc[1, "extra.end_date"]


class TestValues:
    def test_are_those_of_the_offers(self, wallet):
        """Values arrive, the group by name, and what is absent is missing."""
        frame = wallet.to_frame()

        first = frame.loc[0, ["user_id", "offer_group", "quantity", "points_spent"]]
        assert ["u-1", "Drinks", 3, 2.5] == first.tolist()
        assert "https://img.test/a.png" == frame.loc[0, "logo"]
        assert frame.loc[1, ["name", "quantity", "ends_at"]].isna().all()

    def test_hold_dates_beyond_the_usual_range(self, wallet):
        """An offer that never really ends does not overflow."""
        assert END == wallet.to_frame().loc[0, "ends_at"]

    def test_join_many_wallets(self, wallet):
        """Many wallets give one frame; it says whose each offer is."""
        other = OfferWallet(user_id="u-2", user_offers=(UserOffer(offer_id="o-9"),))
        frame = wallets_to_frame(iter([wallet, OfferWallet(), other]))

        assert ["u-1", "u-1", "u-2"] == frame["user_id"].tolist()
        assert [0, 1, 2] == frame.index.tolist()

    def test_take_answers_as_they_came(self, wallet):
        """What stands in a file of wallets needs no model around it."""
        frame = wallets_to_frame([wallet.raw, wallet])

        assert frame[:2].equals(frame[2:].reset_index(drop=True))

    def test_refuse_a_path(self):
        """It says what reads a file."""
        with pytest.raises(TypeError, match=r"WalletLines\(path\)"):
            wallets_to_frame("wallets.jsonl")

    def test_refuse_a_lone_wallet(self, wallet):
        """One wallet has a method of its own, and the error says so."""
        with pytest.raises(TypeError, match="to_frame"):
            wallets_to_frame(wallet)


class TestRecords:
    def test_have_the_columns_of_the_frame(self, wallet):
        """Records have the same keys as a frame has columns, in the same order."""
        records = wallet.to_records()

        assert [list(wallet.to_frame().columns)] * 2 == [list(each) for each in records]
        assert ("Tea", END) == (records[0]["name"], records[0]["ends_at"])

    def test_take_unknown_fields_on_request(self, wallet):
        """Unknown fields are there when asked for."""
        assert {"a": 1} == wallet.to_records(unknown=True)[0]["extra.novel"]
        assert "extra.novel" not in wallet.to_records()[0]


class TestWithoutExtra:
    @pytest.mark.parametrize(
        ("module", "call"),
        [
            ("pandas", "OfferWallet().to_frame()"),
            ("pandas", "wallets_to_frame([])"),
            ("pandas", "liquid_view(OfferWallet()).to_frame()"),
            ("matplotlib", "plot_expiry(OfferWallet())"),
        ],
    )
    def test_the_error_names_it(self, module, call):
        """Without the library the error says what to install; all else works."""
        script = (
            f"import sys; sys.modules[{module!r}] = None\n"
            "from sessionm_braze import OfferWallet\n"
            "from sessionm_braze.notebook import *\n"
            "OfferWallet()._repr_html_(); OfferWallet().to_records()\n"
            f"try:\n    {call}\n"
            "except ImportError as error:\n    print(error)\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )

        assert f"need {module}: pip install 'sessionm-braze[notebook]'" in run.stdout

    def test_importing_loads_nothing_heavy(self):
        """The module itself brings neither pandas nor matplotlib."""
        script = (
            "import sys, sessionm_braze.notebook\n"
            "print(sorted({'pandas', 'matplotlib'} & set(sys.modules)))"
        )
        run = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )

        assert "[]\n" == run.stdout

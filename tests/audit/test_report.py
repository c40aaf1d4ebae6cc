"""How a report reads."""

import builtins
import datetime as dt
import json
import pickle

import pytest

from sessionm_braze.audit import AuditError
from sessionm_braze.rendering import CannedFetcher, Renderer


NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
TEMPLATE = (
    "{% if ${city} == 'x' %}{% abort_message('x & y') %}{% endif %}"
    "{% connected_content https://c.test/ %}\n"
    "{% if ${city} == 'e' %}{{ 1 | divided_by: 0 }}{% endif %}{{ ${first_name} }}\n"
    "{{ wallet.payload.user_offers[0].name }}\n"
    "{{ wallet.payload.available_points }}"
)

OFFER = "Offer 1 (o-1), 2026-04-01 00:00 UTC"
POINTS = "wallet.payload.available_points"


@pytest.fixture
def report(audit, wallet):
    """Return a report in which there is something of everything."""
    wallets = {
        "u-1": wallet("2026-04-01T00:00:00Z", available_points=-5),
        "u-2": wallet("2026-05-02T00:00:00Z", available_points=-5),
    }
    people = [
        {"user_id": "u-1", "first_name": "<b>\x1b[31mAna"},
        {"user_id": "u-1", "first_name": "<b>\x1b[31mAna"},
        {"user_id": "u-2", "city": "y"},
        {"user_id": "u-3", "city": "x"},
        {"user_id": "u-4", "city": "e"},
        "u-5",
    ]
    return audit(
        TEMPLATE,
        people,
        Renderer(CannedFetcher({}), now=NOW),
        wallets=wallets,
        ends_within=dt.timedelta(days=7),
        max_length=14,
    )


class TestText:
    def test_is_a_line_as_repr(self, report):
        """A prompt shows the counts."""
        counts = "4 sent, 1 aborted, 1 in error, 1 empty; 7 findings"

        assert f"AuditReport(6 recipients: {counts})" == repr(report)

    def test_tells_everything_as_str(self, report):
        """Every group has its lines, with counts, places and samples."""
        lines = str(report).splitlines()

        assert "6 recipients, sent 2026-05-01 12:00 UTC" == lines[0]
        assert "            4   66.67%  sent" == lines[1]
        for line in (
            "  connected_content: 5 calls, 5 failed (404: 5)",
            "            1  x & y  [u-3]",
            "            1  TemplateError: divided by 0  line 2, column 31  [u-4]",
            "            2  ${first_name}  line 2, column 61  [u-2, u-5]",
            f"            2  {OFFER}  line 3, column 4  [u-1, u-1]",
            f"            3  {POINTS}  line 4, column 4  [u-1, u-1, u-2]",
            "            5  status 404  [u-1, u-1, u-2, u-4, u-5]",
            "            2  more than 14 characters  [u-1, u-1]",
        ):
            assert line in lines

    def test_steers_no_terminal(self, report):
        """Texts of messages are foreign; what is not printable is replaced."""
        assert "\x1b" not in str(report)
        assert "<b>\ufffd[31mAna" in str(report)

    def test_shows_that_there_are_more(self, audit):
        """A sample ends with dots if it is not everybody."""
        report = audit("", ["a", "b", "c"], sample=2)

        assert "            3  nothing but whitespace  [a, b, …]" in str(report)


class TestDict:
    def test_holds_what_json_holds(self, report):
        """Moments are texts, times are seconds, findings are objects."""
        held = json.loads(json.dumps(report.to_dict()))

        assert ("2026-05-01T12:00:00+00:00", 7 * 86_400) == (
            held["now"],
            held["ends_within"],
        )
        assert [("o-1", True), ("o-1", False)] == [
            (offer["offer_id"], offer["ended"]) for offer in held["offers"]
        ]
        assert {"404": 5} == held["calls"]["statuses"]


class TestHtml:
    def test_shows_the_same(self, report):
        """A notebook gets counts, marks, and a table for each group."""
        html = report._repr_html_()

        assert html == report.to_html()
        for text in ("6 recipients", "1 aborted", "2 with ended offers", "66.67%",
                     "ended offer", "line 2, column 61"):  # fmt: skip
            assert text in html

    def test_escapes_foreign_text(self, report):
        """Nothing of a message or a template is markup."""
        html = report.to_html()

        assert "<b>" not in html
        assert "&lt;b&gt;" in html
        assert "x &amp; y" in html
        assert "<script" not in html


class TestFrame:
    def test_has_a_row_for_each_finding(self, report):
        """Findings are rows, with stable columns."""
        frame = report.to_frame()

        assert [
            "finding", "what", "line", "column", "block", "count", "share", "sample",
        ] == list(frame.columns)  # fmt: skip
        row = frame[frame["what"] == "${first_name}"].iloc[0]
        assert ("printed nothing", 61, 2, "u-2, u-5") == (
            row["finding"],
            row["column"],
            row["count"],
            row["sample"],
        )

    def test_of_a_perfect_segment_is_empty(self, audit):
        """No finding, no row, the same columns."""
        frame = audit("{{${user_id}}}", ["a", "b"]).to_frame()

        assert (0, 8) == frame.shape

    def test_says_what_is_missing(self, report, monkeypatch):
        """Without pandas the error says how to get it."""
        real = builtins.__import__

        def without_pandas(name, *rest):
            if name == "pandas":
                raise ImportError(name)
            return real(name, *rest)

        monkeypatch.setattr(builtins, "__import__", without_pandas)
        with pytest.raises(ImportError, match=r"sessionm-braze\[notebook\]"):
            report.to_frame()


class TestRaiseIf:
    @pytest.mark.parametrize(
        ("name", "problem"),
        [
            ("aborted_above", "1 of 6 aborted (16.67%, allowed 10.00%)"),
            ("empty_above", "1 of 6 empty (16.67%, allowed 10.00%)"),
            ("error_above", "1 of 6 in error (16.67%, allowed 10.00%)"),
            ("ended_above", "2 of 6 with ended offers (33.33%, allowed 10.00%)"),
        ],
    )
    def test_a_passed_threshold_is_an_error(self, report, name, problem):
        """The error says what, how many and how many were allowed."""
        with pytest.raises(AuditError) as info:
            report.raise_if(**{name: 0.1})

        assert (problem,) == info.value.problems
        assert problem == str(info.value)
        assert report is info.value.report

    def test_what_is_allowed_passes(self, report):
        """A share that is just reached is allowed."""
        report.raise_if(aborted_above=1 / 6, empty_above=0.5, error_above=1)

    def test_all_problems_are_told_at_once(self, report):
        """Whoever repairs wants to know everything."""
        with pytest.raises(AuditError) as info:
            report.raise_if(aborted_above=0, empty_above=0, ended_above=1)

        assert 2 == len(info.value.problems)

    def test_needs_a_threshold(self, report):
        """A check that checks nothing is a mistake."""
        with pytest.raises(ValueError, match="give at least one threshold"):
            report.raise_if()

    @pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
    def test_a_threshold_is_a_share(self, report, share):
        """Percents are refused."""
        with pytest.raises(ValueError, match="a share from 0 to 1: aborted"):
            report.raise_if(aborted_above=share)

    def test_nobody_is_no_problem(self, audit):
        """An empty segment passes."""
        audit("", []).raise_if(empty_above=0)

    def test_the_error_can_be_pickled(self, report):
        """A worker may hand it on, report and all."""
        error = AuditError(report, ("too many",))

        copied = pickle.loads(pickle.dumps(error))

        assert (report, ("too many",)) == (copied.report, copied.problems)

"""Wallets that stay: `fetch_wallets` with *into*."""

import json
import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest
import requests
from hypothesis import given, strategies as st

from sessionm_braze import LedgerError, SessionMConnectClient
from sessionm_braze.audit import WalletLines
from sessionm_braze.bulk import fetch_wallets, read_ledger
from sessionm_braze.notebook import wallets_to_frame


IDS = [f"u-{number}" for number in range(8)]


class Canned(requests.Session):
    """Answers with a wallet: of who is asked for, unless *payload* says otherwise."""

    def __init__(self, **payload):
        super().__init__()
        self.asked = []
        self.payload = payload

    def request(self, *_, **options):
        """Answer one call."""
        user_id = json.loads(options["data"])["user_id"]
        self.asked.append(user_id)
        offers = [{"offer_id": "o-1", "name": "Café"}]
        payload = {"user_id": user_id, "user_offers": offers, **self.payload}
        answer = requests.Response()
        answer.status_code = 200
        answer._content = json.dumps({"status": "ok", "payload": payload}).encode()
        return answer


def connect_with(http):
    """Return a client of a service that is not there."""
    return SessionMConnectClient(
        "https://connect.test",
        authorization=("fake-key", "fake-secret"),
        retailer_id="r-1",
        http=http,
    )


@pytest.fixture
def http():
    """A service that answers everybody."""
    return Canned()


@pytest.fixture
def connect(http):
    """A client of it."""
    return connect_with(http)


@pytest.fixture
def into(tmp_path):
    """Return where wallets may be kept."""
    return tmp_path / "wallets.jsonl"


def kept(path):
    """Return whose wallets stand in a file, read by hand."""
    return [
        json.loads(line)["payload"]["user_id"]
        for line in path.read_text("utf-8").splitlines()
    ]


class TestTheFile:
    def test_holds_the_answers_as_they_came(self, sandbox, into):
        """By hand, by the audit, and as a frame: each wallet is what was read."""
        sandbox.sessionm.issue_offer("u-3", name="Free coffee")
        report = fetch_wallets(sandbox.connect, IDS, into=into).finish()
        answers = {name: sandbox.connect.get_wallet(name).raw for name in IDS}

        assert 8 == report.accepted
        assert sorted(IDS) == sorted(kept(into))
        for line in into.read_text("utf-8").splitlines():
            assert answers[json.loads(line)["payload"]["user_id"]] == json.loads(line)
        assert answers == {name: WalletLines(into)(name) for name in IDS}
        frame = wallets_to_frame(WalletLines(into))
        assert ["u-3"] == frame["user_id"].tolist()

    def test_is_for_its_owner_only(self, connect, into):
        """It says what customers hold; so is an empty file that was there."""
        into.touch(0o644)
        fetch_wallets(connect, IDS, into=into).finish()

        assert 0o600 == stat.S_IMODE(into.stat().st_mode)

    @pytest.mark.parametrize("with_ledger", [False, True])
    def test_has_each_wallet_once(self, http, connect, into, ledger, with_ledger):
        """A customer who comes twice is asked for once."""
        run = fetch_wallets(
            connect, IDS * 3, into=into, ledger=ledger if with_ledger else None
        )
        report = run.finish()

        assert sorted(IDS) == sorted(kept(into)) == sorted(http.asked)
        assert (8, 16) == (report.accepted, report.skipped)

    def test_has_no_failures(self, sandbox, into, ledger):
        """Whoever is not known is in the report and in the ledger."""
        customers = ["nobody", "u-1", ""]
        settings = {"into": into, "ledger": ledger, "durability": "full"}
        report = fetch_wallets(sandbox.connect, customers, **settings).finish()

        assert ["u-1"] == kept(into)
        assert {"nobody", ""} == {found.identifier for found in report.failures}
        outcomes = {found.identifier: found.outcome for found in read_ledger(ledger)}
        assert {"nobody": "refused", "u-1": "accepted", "": "refused"} == outcomes

    @pytest.mark.parametrize("named", [None, 7, "u-of-another"])
    def test_finds_a_wallet_by_who_was_asked_for(self, into, named):
        """Whatever the answer says, and a template sees nothing but the answer."""
        fetch_wallets(connect_with(Canned(user_id=named)), ["u-1"], into=into).finish()
        wallets = WalletLines(into)

        assert named == wallets("u-1")["payload"]["user_id"]
        assert {"status", "payload"} == set(wallets("u-1"))
        assert ["u-1"] == [wallet.user_id for wallet in wallets]

    def test_has_one_line_for_each_whatever_a_text_holds(self, into):
        """What ends a line, steers a terminal or is half a character is its code."""
        name = "a\u2028b\x85c\x1b[2J\ud800"
        offers = [{"offer_id": "o-1", "name": name}]
        http = Canned(user_offers=offers)
        fetch_wallets(connect_with(http), IDS, into=into).finish()

        assert sorted(IDS) == sorted(kept(into))
        assert name == WalletLines(into)("u-1")["payload"]["user_offers"][0]["name"]

    def test_has_what_was_read_when_a_run_ends_early(self, http, connect, into, ledger):
        """A wallet counts by the time it is in the file, whoever looks at it."""
        with fetch_wallets(connect, IDS, into=into, ledger=ledger) as run:
            next(run)

        assert run.report.accepted == len(kept(into)) == len(http.asked) < len(IDS) + 1
        fetch_wallets(connect, IDS, into=into, ledger=ledger).finish()
        assert sorted(IDS) == sorted(kept(into)) == sorted(http.asked)


class TestWhatIsThere:
    @pytest.mark.parametrize("with_ledger", [False, True])
    def test_is_not_touched(self, http, connect, into, ledger, with_ledger):
        """A file of which no ledger knows is refused with the way out."""
        into.write_text("notes")

        with pytest.raises(FileExistsError, match="remove it, give another file"):
            fetch_wallets(
                connect, IDS, into=into, ledger=ledger if with_ledger else None
            )

        assert "notes" == into.read_text()
        assert [] == http.asked

    def test_is_not_touched_by_another_runs_ledger(self, connect, into, ledger):
        """A ledger whose run read nothing yet does not make a file its own."""
        fetch_wallets(connect, [], into=into, ledger=ledger).finish()
        other = into.with_name("notes")
        other.write_text("notes")

        with pytest.raises(FileExistsError, match="no ledger that knows it"):
            fetch_wallets(connect, IDS, into=other, ledger=ledger)

        assert "notes" == other.read_text()

    @pytest.mark.parametrize("end", ["", "-wal", "-journal"])
    def test_is_not_the_ledger(self, connect, ledger, end):
        """Nor what stands beside it; no ledger is made."""
        with pytest.raises(ValueError, match="written for something else"):
            fetch_wallets(connect, IDS, into=f"{ledger}{end}", ledger=ledger)
        link = ledger.with_name("link")
        link.symlink_to(ledger)
        with pytest.raises(ValueError, match="written for something else"):
            fetch_wallets(connect, IDS, into=f"{ledger}{end}", ledger=link)

        assert not ledger.exists()

    def test_is_a_file(self, connect, tmp_path, ledger):
        """A folder or a pipe is told at once, and nobody waits for a reader."""
        os.mkfifo(tmp_path / "pipe")
        for name in ("", "pipe"):
            with pytest.raises(OSError, match="not a regular file"):
                fetch_wallets(connect, IDS, into=tmp_path / name, ledger=ledger)
        for wrong, error in ((7, TypeError), ("", ValueError), ("a\0", ValueError)):
            with pytest.raises(error, match="into must be the path of a file"):
                fetch_wallets(connect, IDS, into=wrong)
        with pytest.raises(FileNotFoundError):
            fetch_wallets(connect, IDS, into=tmp_path / "no" / "file", ledger=ledger)


@pytest.fixture(scope="module")
def moments():
    """A run, and the ledger and the size of the file at each of its moments."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        into, ledger = folder / "wallets.jsonl", folder / "ledger.sqlite"
        sizes = []

        def keep(_=None):
            copies = folder / str(len(sizes))
            copies.mkdir()
            for end in ("", "-wal"):
                shutil.copyfile(f"{ledger}{end}", copies / f"ledger.sqlite{end}")
            sizes.append(into.stat().st_size)

        run = fetch_wallets(
            connect_with(Canned()),
            IDS,
            into=into,
            ledger=ledger,
            max_workers=1,
            on_outcome=keep,
        )
        keep()
        run.finish()
        yield folder, sizes, into.read_bytes()


def resumed(folder, moment, text):
    """Go on from a moment, with *text* in the file; return it and who was asked."""
    with tempfile.TemporaryDirectory() as name:
        into, ledger = Path(name, "wallets.jsonl"), Path(name, "ledger.sqlite")
        for end in ("", "-wal"):
            copy = folder / str(moment) / f"ledger.sqlite{end}"
            shutil.copyfile(copy, f"{ledger}{end}")
        if text is not None:
            into.write_bytes(text)
        http = Canned()
        fetch_wallets(connect_with(http), IDS, into=into, ledger=ledger).finish()
        return kept(into), http.asked


class TestWithALedger:
    @given(data=st.data())
    def test_a_run_goes_on_from_any_moment(self, moments, data):
        """However much of a line came to the file that the ledger does not know."""
        folder, sizes, whole = moments
        moment = data.draw(st.integers(1, len(IDS)))
        size = data.draw(st.integers(sizes[moment], len(whole)))

        found, asked = resumed(folder, moment, whole[:size])

        assert sorted(IDS) == sorted(found)
        assert len(asked) == whole[sizes[moment] :].count(b"\n")

    def test_a_run_that_made_no_file_yet_makes_it(self, moments):
        """Killed between the two, or gone on elsewhere before the first wallet."""
        for text in (None, b""):
            assert sorted(IDS) == sorted(resumed(moments[0], 0, text)[0])

    @pytest.mark.parametrize("change", ["gone", "empty", "shorter", "other"])
    def test_a_file_that_was_changed_is_refused(self, moments, change):
        """A wallet that the ledger calls accepted would be missing."""
        folder, sizes, whole = moments
        text = {
            "gone": None,
            "empty": b"",
            "shorter": whole[: sizes[5] - 1],
            "other": whole[: sizes[5] - 3] + b"?" + whole[sizes[5] - 2 :],
        }[change]

        with pytest.raises(LedgerError, match="is not the file that the ledger's runs"):
            resumed(folder, 5, text)

    @pytest.mark.parametrize("first", [True, False])
    def test_it_is_that_of_runs_with_a_file_or_without(
        self, connect, into, ledger, first
    ):
        """What one of the other kind accepted stands in no file."""
        one, other = ({"into": into}, {}) if first else ({}, {"into": into})
        list(fetch_wallets(connect, IDS, ledger=ledger, **one))

        with pytest.raises(LedgerError, match=r"a run with(out)? into"):
            fetch_wallets(connect, IDS, ledger=ledger, **other)


class TestUnderARun:
    @pytest.mark.parametrize("change", ["removed", "replaced", "added to", "cut"])
    def test_a_change_ends_it(self, http, connect, into, change):
        """The report is kept, and says of no wallet after it that it was kept."""

        def changed(_):
            if change == "removed":
                into.unlink()
            elif change == "replaced":
                into.replace(into.with_name("other"))
                into.write_bytes(into.with_name("other").read_bytes())
            elif change == "added to":
                with into.open("a") as file:
                    file.write("x\n")
            else:
                os.truncate(into, 3)

        run = fetch_wallets(
            connect,
            (f"u-{number}" for number in range(1000)),
            into=into,
            max_workers=1,
        )
        changed(next(run))

        with pytest.raises(OSError, match="removed, replaced or changed") as caught:
            run.finish()

        report = caught.value.report
        assert report.accepted <= 3
        assert report.pending == report.records - report.accepted > 0
        assert "removed, replaced or changed" in report.failures[0].reason
        assert len(http.asked) < 10

    @pytest.mark.parametrize("with_ledger", [False, True])
    def test_a_full_disk_ends_it(self, into, ledger, with_ledger):
        """With whole lines in the file, as many as the report says; it can go on."""
        resource = pytest.importorskip("resource", reason="only on Unix")
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        connect = connect_with(Canned(description="é" * 400_000))
        settings = {"into": into, "ledger": ledger if with_ledger else None}
        run = fetch_wallets(connect, IDS, **settings, max_workers=1)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, limits[1]))
        try:
            with pytest.raises(OSError, match=r"too large.*wallets\.jsonl") as caught:
                run.finish()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert caught.value.report.accepted == len(kept(into)) == 3
        if with_ledger:
            fetch_wallets(connect, IDS, **settings).finish()
            assert sorted(IDS) == sorted(kept(into))

    def test_a_change_is_told_to_whoever_ends_it_early(self, connect, into, ledger):
        """The end of a block hides nothing that came after the last result."""
        run = fetch_wallets(connect, IDS, into=into, ledger=ledger)
        next(run)
        into.unlink()

        with pytest.raises(OSError, match="removed, replaced or changed"):
            run.close()

    def test_two_runs_at_the_same_time_do_not_mix(self, connect, into):
        """Whoever comes second finds the other's lines, and the file stays whole."""
        first = fetch_wallets(connect, IDS, into=into)
        second = fetch_wallets(connect, IDS, into=into)
        next(first)

        with pytest.raises(OSError, match="removed, replaced or changed"):
            second.finish()

        first.finish()
        assert sorted(IDS) == sorted(kept(into))

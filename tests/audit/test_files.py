"""Recipients and wallets in files."""

import pickle

import pytest

from sessionm_braze.audit import JsonLines, WalletLines


class TestJsonLines:
    def test_gives_each_line(self, tmp_path):
        """Blank lines are passed over; the last one needs no end."""
        path = tmp_path / "a.jsonl"
        path.write_bytes(b'{"a": 1}\r\n\n  \n"u-2"')

        assert [{"a": 1}, "u-2"] == list(JsonLines(path))

    @pytest.mark.parametrize("count", [1, 2, 3, 7, 40, 500])
    @pytest.mark.parametrize("text", ["", "1\n", "1\n22\n\n333\n4444\n5", "\n\n1\n"])
    def test_ranges_are_the_whole(self, tmp_path, count, text):
        """However it is cut, each line is read once and in order."""
        path = tmp_path / "a.jsonl"
        path.write_text(text)
        parts = JsonLines(path).ranges(count)

        assert list(JsonLines(path)) == [value for part in parts for value in part]
        assert len(parts) <= count

    def test_a_broken_line_is_told_with_its_number(self, tmp_path):
        """The number counts from the beginning of the file, also in a range."""
        path = tmp_path / "a.jsonl"
        path.write_text('"u-1"\n\n"u-2"\n{oops}\n')

        with pytest.raises(ValueError, match=r"a\.jsonl, line 4: no JSON: "):
            list(JsonLines(path).ranges(2)[1])

    def test_an_empty_file_is_nobody(self, tmp_path):
        """No bytes, no ranges."""
        path = tmp_path / "a.jsonl"
        path.touch()

        assert [] == list(JsonLines(path))
        assert [] == JsonLines(path).ranges(2)


class TestWalletLines:
    @pytest.fixture
    def path(self, tmp_path, write_lines, wallet):
        """A file of two wallets, one of them a payload alone."""
        other = wallet("2026-05-01", user_id="u-2")["payload"]
        return write_lines(tmp_path / "w.jsonl", [wallet(user_id="u-1"), other])

    def test_finds_wallets_by_id(self, path, wallet):
        """Each line is found as it stands."""
        wallets = WalletLines(path)

        assert wallet(user_id="u-1") == wallets("u-1")
        assert "u-2" == wallets("u-2")["user_id"]
        assert wallets("u-3") is None
        assert 2 == len(wallets)

    def test_gives_each_as_a_wallet(self, path):
        """Iteration streams the file; a payload alone will do."""
        assert ["u-1", "u-2"] == [each.user_id for each in WalletLines(path)]

    def test_an_id_beside_the_payload_says_whose_it_is(
        self, tmp_path, write_lines, wallet
    ):
        """A template sees the answer without it."""
        line = {"user_id": "u-9", **wallet(user_id="u-1")}
        wallets = WalletLines(write_lines(tmp_path / "w.jsonl", [line]))

        assert wallet(user_id="u-1") == wallets("u-9")
        assert wallets("u-1") is None
        assert ["u-9"] == [each.user_id for each in wallets]

    def test_a_line_that_is_no_wallet_is_told_with_its_number(self, path):
        """It has an id, but not the shape of a wallet."""
        with path.open("a") as file:
            file.write('{"user_id": "u-3", "user_offers": 7}\n')

        with pytest.raises(ValueError, match=r"w\.jsonl, line 3: OfferWallet has"):
            list(WalletLines(path))

    def test_keeps_few_of_them(self, tmp_path, write_lines, wallet):
        """Only the wallets used last are in memory."""
        many = [wallet(user_id=f"u-{n}") for n in range(600)]
        wallets = WalletLines(write_lines(tmp_path / "w.jsonl", many))
        for _ in range(2):
            found = [wallets(f"u-{n}") for n in range(600)]

        assert many == found
        assert 500 == len(wallets._kept)
        assert wallets("u-599") is wallets("u-599")

    def test_goes_to_other_processes_as_its_path(self, path):
        """No wallet is sent along."""
        wallets = WalletLines(path)
        wallets("u-1")

        assert len(pickle.dumps(wallets)) < 1_000
        assert "u-2" == pickle.loads(pickle.dumps(wallets))("u-2")["user_id"]

    @pytest.mark.parametrize("line", ['{"payload": {}}', "7", '{"user_id": 7}'])
    def test_a_line_without_an_id_is_told_with_its_number(self, path, line):
        """What is no wallet cannot be looked up."""
        with path.open("a") as file:
            file.write(line + "\n")

        with pytest.raises(ValueError, match=r"w\.jsonl, line 3: a wallet is"):
            WalletLines(path)("u-1")


def test_a_line_without_an_end_is_refused(tmp_path, monkeypatch):
    """A file may be of any size; one line of it is read only so far."""
    monkeypatch.setattr("sessionm_braze.audit._files.MAX_LINE_BYTES", 1_000)
    path = tmp_path / "people.jsonl"
    path.write_text('{"user_id": "u-1"}\n\n"' + "x" * 5_000)

    with pytest.raises(ValueError, match=r"jsonl, line 3: longer than 1,000 bytes"):
        list(JsonLines(path))
    with pytest.raises(ValueError, match="line 3: longer than 1,000 bytes"):
        list(JsonLines(path, start=2_500))
    with pytest.raises(ValueError, match="longer than 1,000 bytes"):
        len(WalletLines(path))

from __future__ import annotations

import contextlib
import gzip
import io
import itertools
import json
import tracemalloc
import zipfile
from datetime import timedelta

import pytest

from sessionm_braze import (
    OutcomeUnknownError,
    PayloadError,
    RateLimitError,
    SegmentExport,
    ServerError,
)


USERS = [{"external_id": f"u-{n}", "custom_attributes": {"n": n}} for n in range(7)]
TEXT = "".join(json.dumps(user) + "\n" for user in USERS)


def _zip(**files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()


def _flagged(bits):
    """Return an archive whose file has the *bits* among its flags."""
    content = bytearray(_zip(x=TEXT))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= bits
    return bytes(content)


def _packed_with(method):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("x", TEXT)
    return target.getvalue()


class TestExportSegment:
    def test_starts_an_export(self, braze, wire):
        """The request is Braze's, the receipt says where the file will be."""
        wire.answer = (
            201,
            {
                "object_prefix": "prefix-1893456000",
                "url": "https://exports.example/x.zip",
                "message": "success",
            },
        )
        export = braze.export_segment(
            "s-1",
            fields_to_export=["external_id", "email"],
            custom_attributes_to_export=["tier"],
            callback_endpoint="https://app.example/done",
            output_format="gzip",
        )

        assert ["/users/export/segment"] == wire.paths
        assert {
            "segment_id": "s-1",
            "fields_to_export": ["external_id", "email"],
            "custom_attributes_to_export": ["tier"],
            "callback_endpoint": "https://app.example/done",
            "output_format": "gzip",
        } == wire.body
        assert ("prefix-1893456000", "https://exports.example/x.zip") == (
            export.object_prefix,
            export.url,
        )
        assert "x.zip" not in repr(export)

    def test_a_running_export_is_no_rate_limit(self, braze, wire):
        """429 means that one is running: told at once, and not repeated."""
        wire.answer = (429, {"message": "already running"})
        with pytest.raises(RateLimitError, match="an export of this segment may be"):
            braze.export_segment("s-1", fields_to_export=["external_id"])

        assert 1 == len(wire.requests)

    def test_is_a_send(self, braze, wire):
        """What Braze declined is repeated, what may have begun is not."""
        wire.answer = (500, {"message": "no"})
        with pytest.raises(ServerError):
            braze.export_segment("s-1", fields_to_export=["external_id"])
        assert 3 == len(wire.requests)

        wire.answer = (504, {"message": "late"})
        with pytest.raises(OutcomeUnknownError):
            braze.export_segment("s-1", fields_to_export=["external_id"])
        assert 4 == len(wire.requests)

    @pytest.mark.parametrize(
        ("wrong", "error", "says"),
        [
            ({"segment_id": ""}, ValueError, "segment_id must not be blank"),
            ({"fields_to_export": []}, ValueError, "fields_to_export must hold at le"),
            ({"fields_to_export": "email"}, TypeError, "fields_to_export must be a"),
            (
                {"custom_attributes_to_export": ["x"] * 501},
                ValueError,
                "at most 500 names, got 501",
            ),
            ({"output_format": "tar"}, ValueError, "output_format must be"),
            ({"callback_endpoint": " "}, ValueError, "callback_endpoint must not"),
        ],
        ids=str,
    )
    def test_refuses_bad_input_unsent(self, wrong, error, says, braze, wire):
        """Bad input names the field, the value and the rule; nothing is sent."""
        arguments = {"segment_id": "s", "fields_to_export": ["email"], **wrong}
        with pytest.raises(error, match=says):
            braze.export_segment(arguments.pop("segment_id"), **arguments)

        assert [] == wire.requests


class TestReadSegmentExportFromDisk:
    @pytest.mark.parametrize(
        "content",
        [
            TEXT.encode(),
            gzip.compress(TEXT.encode()),
            _zip(**{"users.json": TEXT}),
            _zip(
                **{
                    "a/": "",
                    "a/1.json": TEXT[: TEXT.index("\n", 150) + 1],
                    "../../2.json": TEXT[TEXT.index("\n", 150) + 1 :].rstrip(),
                    "empty.json": "",
                }
            ),
            ("\n" + TEXT.replace("\n", "\r\n\r\n")).encode(),
        ],
        ids=["plain", "gzip", "zip", "zip with many files", "blank lines"],
    )
    def test_reads_every_form(self, content, braze, tmp_path):
        """Zip with any files, gzip, plain; odd names and blank lines do no harm."""
        path = tmp_path / "export.bin"
        path.write_bytes(content)

        assert USERS == list(braze.read_segment_export(path))
        assert USERS == list(braze.read_segment_export(str(path)))
        assert [path] == list(tmp_path.iterdir())

    def test_reads_a_folder(self, braze, tmp_path):
        """Files fetched from storage of one's own are read in order of their names."""
        (tmp_path / "2031").mkdir()
        (tmp_path / "2031" / "b.gz").write_bytes(
            gzip.compress(json.dumps(USERS[1]).encode())
        )
        (tmp_path / "2031" / "a.zip").write_bytes(_zip(x=json.dumps(USERS[0])))

        assert USERS[:2] == list(braze.read_segment_export(tmp_path))

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"<html>", "no JSON @ export.bin:1"),
            (TEXT.encode() + b'{"external_id": "u', "no JSON @ export.bin:8"),
            (b"[1]\n", "expected an object, got list @ export.bin:1"),
            (_zip(x=TEXT, y="nonsense"), "no JSON @ export.bin:y:1"),
            (_zip(x=TEXT)[:-30], "cannot be unpacked"),
            (gzip.compress(TEXT.encode())[:-20], "cannot be unpacked"),
            (gzip.compress(TEXT.encode())[:20] + b"xxxxxxxxxxxxxxxx", "cannot be unp"),
        ],
        ids=["page", "cut line", "list", "cut member", "cut zip", "cut gzip", "gzip"],
    )
    def test_names_what_is_broken(self, content, says, braze, tmp_path):
        """A broken archive or line is an error with its place."""
        path = tmp_path / "export.bin"
        path.write_bytes(content)
        with pytest.raises(PayloadError, match=says) as info:
            list(braze.read_segment_export(path))

        assert 1 == len(info.value.problems)

    @pytest.mark.parametrize(
        "whole",
        [
            _zip(**{"usérs.json": TEXT}),
            gzip.compress(TEXT.encode()),
        ],
        ids=["zip", "gzip"],
    )
    def test_no_damage_is_another_error(self, whole, braze, tmp_path):
        """A wrong byte, wherever it is, ends in this error, or in profiles."""
        path = tmp_path / "export.bin"
        path.write_bytes(whole)
        assert USERS == list(braze.read_segment_export(path))

        for at, wrong in itertools.product(range(2, len(whole)), (0, 255)):
            path.write_bytes(whole[:at] + bytes([wrong]) + whole[at + 1 :])
            with contextlib.suppress(PayloadError):
                assert all(braze.read_segment_export(path))

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (_flagged(0x1), "encrypted"),
            (_flagged(0x41), "strong encryption|encrypted"),
            (_flagged(0x20), "patched"),
            (_zip(x=TEXT).replace(b"\x08\x00", b"\x5d\x00"), "cannot be unpacked"),
            (_zip(x="{}").replace(b"x\xab", b"y\xab"), "differ"),
            (_packed_with(zipfile.ZIP_BZIP2), "method 12, unpack it and give the f"),
            (_packed_with(zipfile.ZIP_LZMA), "method 14, unpack it"),
        ],
        ids=["password", "strong", "patch", "method", "names differ", "bz2", "lzma"],
    )
    def test_names_what_cannot_be_unpacked(self, content, says, braze, tmp_path):
        """Locked, packed in another way, or too large to unpack: one error."""
        path = tmp_path / "export.zip"
        path.write_bytes(content)
        with pytest.raises(PayloadError, match=says):
            list(braze.read_segment_export(path))

    def test_a_list_of_too_many_files(self, braze, tmp_path, monkeypatch):
        """A list of files is read whole, so it has a limit."""
        monkeypatch.setattr(
            "sessionm_braze.clients._braze.export_files.MAX_DIRECTORY_BYTES", 1000
        )
        path = tmp_path / "export.zip"
        path.write_bytes(_zip(**{f"{n}.json": "{}" for n in range(99)}))
        with pytest.raises(PayloadError, match="a list of too many files"):
            list(braze.read_segment_export(path))

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
    def test_numbers_are_finite(self, number, braze, tmp_path):
        """What is no number of JSON is no profile."""
        path = tmp_path / "export.json"
        path.write_text(f'{{"a": {number}}}\n')
        with pytest.raises(PayloadError, match=r"no JSON @ export\.json:1"):
            list(braze.read_segment_export(path))

    def test_names_of_files_stay_on_a_line(self, braze, tmp_path):
        """What an archive calls its files forges no line of a log."""
        path = tmp_path / "export.zip"
        path.write_bytes(_zip(**{"a\n::error::\x1b[2J" + "x" * 5000: "nonsense"}))
        with pytest.raises(PayloadError) as info:
            list(braze.read_segment_export(path))

        assert str(info.value).isprintable()
        assert len(str(info.value)) < 250

    def test_blank_and_endless_lines(self, braze, tmp_path, monkeypatch):
        """Neither fills the memory, however small it is packed."""
        monkeypatch.setattr(
            "sessionm_braze.clients._braze.export_files.MAX_LINE_BYTES", 100_000
        )
        path = tmp_path / "export.zip"
        path.write_bytes(_zip(blank="\n" * 300_000, endless="x" * 30_000_000))
        tracemalloc.start()
        with pytest.raises(PayloadError, match="line above 100,000 bytes"):
            list(braze.read_segment_export(path))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert peak < 1_000_000

    def test_gives_what_was_whole_before_the_fault(self, braze, tmp_path):
        """Profiles before the fault have been handed out."""
        path = tmp_path / "export.json"
        path.write_text(TEXT + "nonsense")
        profiles = braze.read_segment_export(path)

        assert USERS == [next(profiles) for _ in USERS]
        with pytest.raises(PayloadError):
            next(profiles)

    def test_refuses_a_line_without_end(self, braze, tmp_path, monkeypatch):
        """A line that would fill the memory is refused."""
        monkeypatch.setattr(
            "sessionm_braze.clients._braze.export_files.MAX_LINE_BYTES", 1000
        )
        path = tmp_path / "export.zip"
        path.write_bytes(_zip(x=json.dumps({"a": "x" * 2000})))
        with pytest.raises(PayloadError, match="line above 1,000 bytes"):
            list(braze.read_segment_export(path))

    def test_takes_constant_memory(self, braze, tmp_path):
        """Fifty thousand profiles of 10 MB are read within one."""
        line = json.dumps({"external_id": "u", "x": "y" * 170}) + "\n"
        path = tmp_path / "export.zip"
        path.write_bytes(_zip(a=line * 25_000, b=line * 25_000))
        tracemalloc.start()
        count = sum(1 for _ in braze.read_segment_export(path))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert 50_000 == count
        assert peak < 1_000_000

    def test_wants_a_path_that_is_there(self, braze, tmp_path):
        """A missing file is told before the first profile."""
        with pytest.raises(FileNotFoundError, match="no such file or folder"):
            list(braze.read_segment_export(tmp_path / "nothing"))

    @pytest.mark.parametrize(
        ("wrong", "error", "says"),
        [
            ({"wait": -1}, ValueError, "wait must be 0 or more, got -1"),
            ({"wait": timedelta(seconds=-1)}, ValueError, "wait must be 0 or more"),
            ({"wait": float("nan")}, ValueError, "wait must be 0 or more"),
            ({"wait": "60"}, TypeError, "wait must be seconds or a timedelta"),
            ({"wait": True}, TypeError, "wait must be seconds"),
            ({"deadline": 0}, ValueError, "deadline must be above 0, got 0"),
            ({"deadline": -1}, ValueError, "deadline must be 0 or more, got -1"),
            ({"deadline": "1"}, TypeError, "deadline must be seconds or a timedelta"),
            ({"max_size": 0}, ValueError, "max_size must be 1 or more, got 0"),
            ({"max_size": 1e9}, TypeError, "max_size must be an int"),
            (
                {"source": "http://host.example/x?s=1"},
                ValueError,
                "http://host.example/…",
            ),
            ({"source": "ftp://host.example/x"}, ValueError, "must be https"),
            ({"source": "https:///x"}, ValueError, "must be https"),
            (
                {"source": "https://u:p@h.example/x"},
                ValueError,
                r"https://h\.example/…$",
            ),
            ({"source": 7}, TypeError, "source must be a path, a URL or a Segm"),
            (
                {"source": SegmentExport(object_prefix="prefix-1")},
                ValueError,
                "own storage, under prefix-1",
            ),
        ],
        ids=str,
    )
    def test_refuses_bad_input(self, wrong, error, says, braze, wire):
        """Bad input is refused by the call itself; nothing is asked."""
        arguments = {"source": "https://exports.example/x.zip", **wrong}
        with pytest.raises(error, match=says):
            braze.read_segment_export(arguments.pop("source"), **arguments)

        assert [] == wire.requests

    def test_runs_dry(self, braze, wire):
        """A dry run reads nothing, and shows nothing of the address but its host."""
        dry = braze.dry_run()
        export = dry.export_segment("s", fields_to_export=["email"])

        assert [] == list(dry.read_segment_export(export))
        assert "https://storage.invalid/***" == dry.requests[-1].url
        assert [] == wire.requests

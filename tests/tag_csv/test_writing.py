import csv
import io
import json
import os
import subprocess
import sys
import tracemalloc
from datetime import timedelta
from textwrap import dedent

import pytest
from hypothesis import given, strategies as st

from sessionm_braze.tag_csv import (
    TagRow,
    read_segment_csv,
    read_tag_csv,
    write_tag_csv,
)
from sessionm_braze.tag_csv._rows import spoilt


SPRING = {"tags": ["spring"], "ttl": 60}
ids = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8)


def text_of(rows, **options):
    """Return the CSV of *rows*."""
    target = io.StringIO()
    write_tag_csv(target, rows, **options)
    return target.getvalue()


def rejects_of(path):
    """Return line, reason and record of each reject."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (int(row["line"]), row["reason"], row["record"])
            for row in csv.DictReader(file)
        ]


class TestRecords:
    def test_ids_get_every_tag(self):
        """Each customer has one row for each tag."""
        text = text_of(["100", "101"], tags=["a", "b"], ttl=timedelta(days=1))

        assert (
            "external_id,tag,ttl\n"
            "100,a,86400\n100,b,86400\n101,a,86400\n101,b,86400\n" == text
        )

    def test_mappings_have_the_id_under_its_name(self):
        """Rows of a file of one's own are taken by the kind of id asked for."""
        rows = [{"user_id": "u-1", "external_id": "100"}]

        assert "user_id,tag,ttl\nu-1,spring,60\n" == text_of(
            rows, by="user_id", **SPRING
        )

    @pytest.mark.parametrize("by", ["user_id", "external_id"])
    def test_profiles_of_an_export_go_straight_in(self, by):
        """Braze's external id is the customer's id, whichever of the two it is."""
        profile = {"external_id": "100", "braze_id": "66aa", "user_aliases": []}

        assert f"{by},tag,ttl\n100,spring,60\n" == text_of([profile], by=by, **SPRING)

    @pytest.mark.parametrize("by", ["user_id", "external_id"])
    def test_rows_of_the_dashboard_go_straight_in(self, by):
        """The dashboard's CSV becomes a tag CSV in one call."""
        rows = read_segment_csv(io.StringIO("email,user_id\na,'-1\nb,100\n"))

        assert f"{by},tag,ttl\n-1,spring,60\n100,spring,60\n" == text_of(
            rows, by=by, **SPRING
        )

    @pytest.mark.parametrize(
        "rows",
        [
            [TagRow("1", "a", 60), TagRow("1", "b", 70)],
            [("1", "a", 60), ("1", "b", timedelta(seconds=70))],
            [
                {"external_id": "1", "tag": "a", "ttl": 60},
                {"external_id": "1", "tag": "b", "ttl": "70"},
            ],
        ],
    )
    def test_records_may_have_tag_and_ttl_of_their_own(self, rows):
        """What the call does not say comes from the record."""
        assert "external_id,tag,ttl\n1,a,60\n1,b,70\n" == text_of(rows)

    def test_a_tag_file_comes_through_unchanged(self):
        """What is written can be read, and written again."""
        text = text_of(["100", "a,b", 'say "x"'], tags=["one", "two"], ttl=60)

        assert text == text_of(read_tag_csv(io.StringIO(text)))

    def test_the_call_wins_over_the_record(self):
        """Tags and ttl of the call are for everybody."""
        assert "external_id,tag,ttl\n1,spring,60\n" == text_of(
            [TagRow("1", "old", 5)], **SPRING
        )

    def test_columns_can_have_other_names(self):
        """An importer's own names stand in the header."""
        text = text_of(["1"], columns=("member", "label", "seconds"), **SPRING)

        assert "member,label,seconds\n1,spring,60\n" == text

    def test_input_is_read_as_it_goes(self):
        """Ten times the rows need no more memory."""

        def peak(count):
            tracemalloc.start()
            rows = (f"customer-{n}" for n in range(count))
            write_tag_csv(io.StringIO(), iter([]), **SPRING)
            with open(os.devnull, "w") as nothing:  # noqa: PTH123
                write_tag_csv(nothing, rows, unique=False, **SPRING)
            highest = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return highest

        peak(1000)
        assert peak(20_000) < 1.2 * peak(2000)


class TestUnique:
    def test_one_row_for_a_customer_and_tag(self, tmp_path):
        """A repeated pair is left out, counted, and told."""
        path, rejects = tmp_path / "tags.csv", tmp_path / "rejects.csv"
        rows = [("1", "a", 60), ("1", "b", 60), ("1", "a", 90), ("2", "a", 60)]

        report = write_tag_csv(path, rows, rejects=rejects)

        assert "external_id,tag,ttl\n1,a,60\n1,b,60\n2,a,60\n" == path.read_text()
        assert (3, 1, 0) == (report.written, report.repeated, report.rejected)
        assert [(3, "the same customer and tag came before", '["1", "a", 90]')] == (
            rejects_of(rejects)
        )

    def test_customer_and_tag_are_told_apart(self):
        """Two pairs that read the same without a gap are two."""
        text = text_of([("1", "2a", 60), ("12", "a", 60)])

        assert "external_id,tag,ttl\n1,2a,60\n12,a,60\n" == text

    def test_can_be_switched_off(self):
        """With unique=False every record is a row."""
        text = text_of(["1", "1"], unique=False, **SPRING)

        assert "external_id,tag,ttl\n1,spring,60\n1,spring,60\n" == text

    @given(st.lists(ids.filter(lambda each: spoilt(each, "id") is None), max_size=30))
    def test_each_customer_stands_once_in_the_order_of_first_sight(self, customers):
        """Whatever the ids, the file is the input without its repeats."""
        rows = list(csv.reader(io.StringIO(text_of(customers, **SPRING), newline="")))

        assert list(dict.fromkeys(customers)) == [row[0] for row in rows[1:]]


SPOILT = ["1.23457E+11", "1,23457e+11", "123456.0", '="0043"', "=A1", "NULL", "nan"]
SPOILT += ["NaN", "None", "#N/A", "<NA>", "NaT", "undefined", "null"]
SOUND = ["1.5", "12.0", "+4912345", "a+b@x.example", "NULL-7", "nano", "E+11", "v1.0.0"]


class TestSpoiltIds:
    @pytest.mark.parametrize("spoilt", SPOILT)
    @pytest.mark.parametrize(
        "rows",
        [
            lambda spoilt: ["1", spoilt, "2"],
            lambda spoilt: [{"external_id": each} for each in ("1", spoilt, "2")],
            lambda spoilt: read_tag_csv(
                io.StringIO(
                    "external_id,tag,ttl\n"
                    + "".join(f"{_cell(each)},a,60\n" for each in ("1", spoilt, "2"))
                )
            ),
        ],
        ids=["ids", "mappings", "file"],
    )
    def test_are_rejects(self, spoilt, rows, tmp_path):
        """What a spreadsheet made of an id is no customer, and the reason says so."""
        rejects = tmp_path / "rejects.csv"

        report = write_tag_csv(
            io.StringIO(), rows(spoilt), rejects=rejects, tags=["a"], ttl=60
        )

        assert (2, 1) == (report.written, report.rejected)
        assert repr(spoilt) in rejects_of(rejects)[0][1]

    @pytest.mark.parametrize("sound", SOUND)
    def test_others_are_written(self, sound):
        """Identifiers that only look a bit like it are customers."""
        assert f"1,spring,60\n{sound},spring,60\n" in text_of(["1", sound], **SPRING)


def _cell(value):
    """Return *value* as a cell of a CSV."""
    return f'"{value.replace(chr(34), chr(34) * 2)}"'


class TestRejects:
    @pytest.mark.parametrize(
        ("record", "reason"),
        [
            ("", "external_id is blank"),
            ("  ", "external_id is blank"),
            (" 1", "external_id begins or ends with a blank: ' 1'"),
            ("1\n2", "external_id has characters that cannot be printed: '1\\\\n2'"),
            ({"email": "a"}, "no external_id"),
            ({"external_id": None}, "no external_id"),
            ({"external_id": 100}, "external_id must be text, got 100"),
        ],
    )
    def test_a_record_without_a_usable_id(self, tmp_path, record, reason):
        """It goes to the rejects with its place and the reason."""
        path, rejects = tmp_path / "tags.csv", tmp_path / "rejects.csv"
        rows = [{"external_id": "1"}, record, "2"]

        report = write_tag_csv(path, rows, rejects=rejects, **SPRING)

        shown = record if isinstance(record, str) else json.dumps(record)
        assert [(2, reason.replace("\\\\", "\\"), shown)] == rejects_of(rejects)
        assert (2, 1) == (report.written, report.rejected)

    @pytest.mark.parametrize(
        ("record", "reason"),
        [
            (("1", None, 60), "no tag"),
            (("1", " a", 60), "tags must not begin or end with a blank, got ' a'"),
            (("1", "a", None), "no ttl"),
            (("1", "a", 0), "ttl must be 1 or more, got 0"),
            (("1", "a", True), "ttl must be an int, got True"),
            (("1", "a", "1.5"), "ttl must be whole seconds, got '1.5'"),
            (("1", "a", 1.5), "ttl must be seconds or a timedelta, got 1.5"),
        ],
    )
    def test_a_record_without_a_usable_tag_or_ttl(self, tmp_path, record, reason):
        """It is rejected like one without an id."""
        rejects = tmp_path / "rejects.csv"

        write_tag_csv(io.StringIO(), [record, ("2", "a", 1)], rejects=rejects)

        assert [(1, reason)] == [row[:2] for row in rejects_of(rejects)]

    def test_true_is_no_second(self, tmp_path):
        """Also where a record with a ttl of 1 comes first, which is equal."""
        rejects = tmp_path / "rejects.csv"
        rows = [("1", "a", 1), ("2", "a", True)]

        write_tag_csv(io.StringIO(), rows, rejects=rejects)

        assert [(2, "ttl must be an int, got True")] == [
            row[:2] for row in rejects_of(rejects)
        ]

    def test_rows_of_the_file_and_of_the_reader_meet_in_one_rejects_file(
        self, tmp_path
    ):
        """Lines are those of the source, for what cannot be read and not be used."""
        source, rejects = tmp_path / "in.csv", tmp_path / "rejects.csv"
        source.write_bytes(b'user_id,city\n1,"a\nb"\n,c\n2\n\xff3,d\n4,e\n')

        report = write_tag_csv(
            tmp_path / "out.csv", read_segment_csv(source), rejects=rejects, **SPRING
        )

        assert [4, 5, 6] == sorted(line for line, _, _ in rejects_of(rejects))
        assert (2, 3) == (report.written, report.rejected)

    @pytest.mark.parametrize("settings", [SPRING, {}], ids=["of the call", "of rows"])
    def test_the_reader_stays_as_it_was(self, settings, tmp_path):
        """The rejects file of one call is not that of the next."""
        rows = read_segment_csv(io.StringIO("user_id,city\n1\n"))

        report = write_tag_csv(
            io.StringIO(), rows, rejects=tmp_path / "rejects.csv", **settings
        )

        assert 1 == report.rejected
        assert rows.on_reject is None

    def test_the_reader_keeps_its_own_rejects(self, tmp_path):
        """What a reader hands to its owner is not in the rejects file too."""
        own, rejects = [], tmp_path / "rejects.csv"
        rows = read_segment_csv(io.StringIO("user_id,c\n1\n"), on_reject=own.append)

        write_tag_csv(io.StringIO(), rows, rejects=rejects, **SPRING)

        assert [2] == [reject.line for reject in own]
        assert [] == rejects_of(rejects)

    def test_without_a_place_for_rejects_nothing_is_written(self, tmp_path):
        """The first bad record raises, and no file appears."""
        with pytest.raises(ValueError, match="line 2: no external_id"):
            write_tag_csv(tmp_path / "tags.csv", ["1", {}], **SPRING)

        assert [] == list(tmp_path.iterdir())

    def test_nothing_rejected_is_an_empty_list(self, tmp_path):
        """The file of an earlier run never stands for this one."""
        rejects = tmp_path / "rejects.csv"
        rejects.write_text("old")

        write_tag_csv(io.StringIO(), ["1"], rejects=rejects, **SPRING)

        assert "line,reason,record\n" == rejects.read_text()


class TestFiles:
    def test_a_failing_input_leaves_the_old_file(self, tmp_path):
        """Written whole or not at all: the file of yesterday stays."""
        path = tmp_path / "tags.csv"
        path.write_text("yesterday")

        def rows():
            yield from map(str, range(1000))
            raise RuntimeError("source broke")

        with pytest.raises(RuntimeError, match="source broke"):
            write_tag_csv(path, rows(), rejects=tmp_path / "rejects.csv", **SPRING)

        assert [path] == list(tmp_path.iterdir())
        assert "yesterday" == path.read_text()

    def test_splits_by_rows(self, tmp_path):
        """Each part has the header and at most so many rows."""
        report = write_tag_csv(
            tmp_path / "tags.csv", map(str, range(501)), rows_per_file=250, **SPRING
        )

        assert ["tags-0001.csv", "tags-0002.csv", "tags-0003.csv"] == [
            path.name for path in report.files
        ]
        parts = [list(read_tag_csv(path)) for path in report.files]
        assert [250, 250, 1] == [len(part) for part in parts]
        assert [str(n) for n in range(501)] == [
            row.customer for part in parts for row in part
        ]

    def test_a_full_part_is_not_followed_by_an_empty_one(self, tmp_path):
        """As many rows as fit make as many files as needed."""
        report = write_tag_csv(
            tmp_path / "tags.csv", ["1", "2"], rows_per_file=2, **SPRING
        )

        assert 1 == len(report.files)

    def test_parts_of_an_earlier_run_are_in_the_way(self, tmp_path):
        """They could be taken for parts of this one."""
        (tmp_path / "tags-0009.csv").write_text("old")

        with pytest.raises(FileExistsError, match=r"tags-0009\.csv"):
            write_tag_csv(tmp_path / "tags.csv", ["1"], rows_per_file=2, **SPRING)

    def test_no_rows_make_a_file_with_a_header(self, tmp_path):
        """An empty segment is an empty list, not a missing file."""
        write_tag_csv(tmp_path / "tags.csv", [], **SPRING)

        assert "external_id,tag,ttl\n" == (tmp_path / "tags.csv").read_text()

    @pytest.mark.parametrize("name", ["tags.csv", "./tags.csv", "link.csv", "hard.csv"])
    def test_one_file_is_not_both_tags_and_rejects(self, name, tmp_path):
        """Nor under another name of it; what is there stays."""
        path = tmp_path / "tags.csv"
        path.write_text("yesterday")
        (tmp_path / "link.csv").symlink_to(path)
        (tmp_path / "hard.csv").hardlink_to(path)
        before = {each.name for each in tmp_path.iterdir()}

        with pytest.raises(ValueError, match="give another file"):
            write_tag_csv(path, ["1"], rejects=f"{tmp_path}/{name}", **SPRING)

        assert "yesterday" == path.read_text()
        assert before == {each.name for each in tmp_path.iterdir()}

    @pytest.mark.parametrize("argument", ["target", "rejects"])
    @pytest.mark.parametrize("opened", [False, True])
    def test_what_is_read_is_not_replaced(self, argument, opened, tmp_path):
        """The file that the rows come from is known, as a path and open."""
        source = tmp_path / "users.csv"
        source.write_text("user_id\n1\n")
        files = {"target": tmp_path / "tags.csv", argument: source}

        with source.open() as file:
            rows = read_segment_csv(file if opened else source)
            with pytest.raises(ValueError, match=r"users\.csv is read"):
                write_tag_csv(
                    files["target"], rows, rejects=files.get("rejects"), **SPRING
                )

        assert "user_id\n1\n" == source.read_text()

    def test_one_open_file_is_not_both(self):
        """Rows and rejects do not mix in a file that is open."""
        file = io.StringIO()

        with pytest.raises(ValueError, match="give another file"):
            write_tag_csv(file, ["1"], rejects=file, **SPRING)

    def test_rejects_are_no_part(self, tmp_path):
        """The name of a part is taken."""
        with pytest.raises(ValueError, match="give another file"):
            write_tag_csv(
                tmp_path / "tags.csv",
                ["1"],
                rows_per_file=1,
                rejects=tmp_path / "tags-0001.csv",
                **SPRING,
            )

    def test_are_their_owners_alone(self, tmp_path):
        """Others cannot read them, whatever was there before and while they grow."""
        path, rejects = tmp_path / "tags.csv", tmp_path / "rejects.csv"
        path.write_text("yesterday")
        path.chmod(0o644)
        seen = []

        def rows():
            yield from ["1", ""]
            seen.extend(each for each in tmp_path.iterdir() if each != path)

        before = os.umask(0)
        try:
            write_tag_csv(path, rows(), rejects=rejects, **SPRING)
        finally:
            os.umask(before)

        assert 2 == len(seen)
        assert {0o600} == {each.stat().st_mode & 0o777 for each in (path, rejects)}

    def test_what_a_killed_writer_left_is_removed(self, tmp_path):
        """Old drafts are neither mixed in nor left, those of a living writer stay."""
        killed = """
            import os, sys
            from sessionm_braze.tag_csv import write_tag_csv

            def rows():
                yield from map(str, range(1000))
                os._exit(9)

            write_tag_csv("tags.csv", rows(), tags=["old"], ttl=1, rows_per_file=300)
        """
        subprocess.run(
            [sys.executable, "-c", dedent(killed)], cwd=tmp_path, check=False
        )
        left = list(tmp_path.glob(".tags.csv.*.part"))
        assert 1 < len(left)

        def rows():
            yield "1"
            write_tag_csv(tmp_path / "tags.csv", ["2"], **SPRING)

        write_tag_csv(tmp_path / "tags.csv", rows(), **SPRING)

        assert [tmp_path / "tags.csv"] == list(tmp_path.iterdir())
        assert (
            "external_id,tag,ttl\n1,spring,60\n" == (tmp_path / "tags.csv").read_text()
        )

    def test_a_name_may_be_as_long_as_a_file_has(self, tmp_path):
        """The passing name is no longer than it, and so can be given."""
        path = tmp_path / ("x" * 255)

        assert (path,) == write_tag_csv(path, ["1"], **SPRING).files

    def test_a_pipe_is_nothing_that_was_left(self, tmp_path):
        """Whoever writes into the folder cannot make a writer wait."""
        pipe = tmp_path / ".tags.csv.00000000.part"
        os.mkfifo(pipe)

        assert 1 == write_tag_csv(tmp_path / "tags.csv", ["1"], **SPRING).written
        assert pipe.is_fifo()

    @pytest.mark.parametrize("path", ["/dev/null", "."])
    def test_only_files_are_replaced(self, path, tmp_path, monkeypatch):
        """A device or a folder is refused, also to those who could replace it."""
        monkeypatch.chdir(tmp_path)

        with pytest.raises(OSError, match="not a regular file"):
            write_tag_csv(path, ["1"], **SPRING)


FORMULAS = ["=cmd", "+1", "@x", "-1", "-1+cmd|' /C calc'!A0"]


class TestFormulas:
    @pytest.mark.parametrize("cell", FORMULAS)
    def test_are_written_byte_for_byte(self, cell):
        """SessionM imports what an id or a tag is; a guard is asked for."""
        rows = [("1", cell, 60)]

        assert ["1", cell, "60"] == next(csv.reader(text_of(rows).splitlines()[1:]))
        guarded = text_of(rows, guard_formulas=True).splitlines()[1:]
        assert ["1", f"'{cell}", "60"] == next(csv.reader(guarded))

    @pytest.mark.parametrize("cell", ["=cmd", "\t=cmd", "\n1", " +1", "@\x00"])
    def test_a_spreadsheet_computes_no_rejects(self, cell, tmp_path):
        """The file that people open holds no formula."""
        rejects = tmp_path / "rejects.csv"

        write_tag_csv(io.StringIO(), [cell], rejects=rejects, **SPRING)

        assert f"'{cell}" == rejects_of(rejects)[0][2]

    def test_a_record_begins_no_row(self, tmp_path):
        """An end of a line in a record stays within its cell."""
        rejects = tmp_path / "rejects.csv"

        write_tag_csv(io.StringIO(), ["1\r=cmd"], rejects=rejects, **SPRING)

        assert [(1, "1\n=cmd")] == [row[::2] for row in rejects_of(rejects)]


class TestForeignBytes:
    @pytest.mark.parametrize("by", ["user_id", "external_id"])
    @pytest.mark.parametrize("sign", [0xFFFD, 0xDCE9])
    def test_half_decoded_ids_are_rejects(self, sign, by, tmp_path):
        """What a file in another encoding left of an id is no customer."""
        rejects = tmp_path / "rejects.csv"

        write_tag_csv(
            io.StringIO(), [f"Jos{chr(sign)}"], by=by, rejects=rejects, **SPRING
        )

        assert "save the file as UTF-8" in rejects_of(rejects)[0][1]

    @pytest.mark.parametrize("tag", ["a\nb", "a\rb", "a\u2028b", "a\x1bb"])
    def test_tags_stand_on_one_line(self, tag, tmp_path):
        """A tag with an end of a line is refused, from the call and from a record."""
        rejects = tmp_path / "rejects.csv"

        with pytest.raises(ValueError, match="on one line"):
            text_of(["1"], tags=[tag], ttl=60)
        write_tag_csv(io.StringIO(), [("1", tag, 60)], rejects=rejects)

        assert "on one line" in rejects_of(rejects)[0][1]


class TestArguments:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"by": "email"}, "by must be"),
            ({"tags": []}, "tags must hold at least one"),
            ({"ttl": 0}, "ttl must be 1 or more"),
            ({"columns": ("a", "a", "b")}, "three different names"),
            ({"rows_per_file": 0}, "rows_per_file must be 1 or more"),
            ({"rows_per_file": 5}, "rows_per_file needs a path"),
        ],
    )
    def test_are_checked_before_anything_is_written(self, options, message):
        """A wrong argument is told before the first row is read."""

        def rows():
            raise AssertionError("was read")
            yield

        with pytest.raises(ValueError, match=message):
            text_of(rows(), **{**SPRING, **options})

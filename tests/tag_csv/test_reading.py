import gzip
import io
import zipfile

import pytest

from sessionm_braze.tag_csv import (
    Reject,
    TagRow,
    read_segment_csv,
    read_tag_csv,
)


def segment(text, **options):
    """Read *text* as a dashboard CSV."""
    return read_segment_csv(io.StringIO(text, newline=""), **options)


def ids_of(rows):
    """Return the ids of *rows*."""
    return [row["external_id"] for row in rows]


class TestReadSegmentCsv:
    def test_finds_the_id_by_the_name_of_its_column(self):
        """Columns may stand in any order and case, with others beside them."""
        rows = segment("\ufeffEmail,USER_ID,New thing\na@example.org,100,x\n")

        assert [("100", "100", "a@example.org")] == [
            (row["user_id"], row["external_id"], row["Email"]) for row in rows
        ]

    @pytest.mark.parametrize("mark", [",", ";", "\t"])
    def test_knows_three_delimiters(self, mark):
        """Whatever stands between cells, the id is found."""
        rows = segment(f"Appboy ID{mark}user_id\n66aa{mark}100\n")

        assert ["100"] == ids_of(rows)

    @pytest.mark.parametrize(
        ("cell", "value"),
        [
            ("'=1", "=1"),
            ("'+351", "+351"),
            ("'-17", "-17"),
            ("'@me", "@me"),
            ("'quoted'", "'quoted'"),
            ("''=1", "''=1"),
        ],
    )
    def test_takes_the_apostrophe_off(self, cell, value):
        """The apostrophe before a sign goes, any other stays."""
        rows = list(segment(f"user_id,city\n{cell},{cell}\n"))

        assert [(value, value)] == [(row["user_id"], row["city"]) for row in rows]

    def test_keeps_users_without_an_id(self):
        """A row without an id is a row: whoever uses it decides."""
        assert ["", "100"] == ids_of(segment("user_id,email\n,a@example.org\n100,\n"))

    def test_rejects_a_line_that_was_cut_short(self):
        """A row of another width names its line and is not guessed at."""
        rejects = []

        rows = segment("user_id,city\n100,Porto\n10", on_reject=rejects.append)

        assert ["100"] == ids_of(rows)
        assert [Reject(3, "1 cells where 2 belong", ["10"])] == rejects

    def test_raises_without_somebody_who_takes_rejects(self):
        """By default the first bad row ends the reading, with its line."""
        rows = segment("user_id,city\n100,Porto,3\n")

        with pytest.raises(ValueError, match="line 2: 3 cells where 2 belong"):
            list(rows)

    def test_goes_on_after_broken_quotes(self):
        """A row that is no CSV is rejected; the rows after it are read."""
        rejects = []
        text = 'user_id,city\n100,a\n101,"b"c\n102,d\n103,"open\n104,e\n'

        rows = segment(text, on_reject=rejects.append)

        assert ["100", "102"] == ids_of(rows)
        assert [3, 6] == [reject.line for reject in rejects]

    def test_counts_lines_over_cells_with_line_breaks(self):
        """A cell of several lines does not shift the numbers of the rows after it."""
        rejects = []
        text = 'user_id,city\n100,"a\nb\r\nc"\n\n101,d\n102\n'

        rows = list(segment(text, on_reject=rejects.append))

        assert [4, 6] == [row.line for row in rows]
        assert [7] == [reject.line for reject in rejects]

    def test_names_the_columns_there_are(self):
        """Without a column of ids the error shows what the file has."""
        with pytest.raises(ValueError, match=r"no column user_id .*'email', 'city'"):
            list(segment("email,city\na,b\n"))

    def test_an_empty_file_has_no_column(self):
        """A file without a header is no segment."""
        with pytest.raises(ValueError, match="no column user_id"):
            list(segment(""))

    def test_reads_a_file_with_a_header_only(self):
        """A segment without users is no error."""
        assert [] == list(segment("user_id,email\n"))

    def test_reads_every_table_of_a_zip(self, tmp_path):
        """Braze's zip is read as it is, each member with its own header."""
        path = tmp_path / "users.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("export/a.csv", "user_id,email\n100,x\n")
            archive.writestr("export/b.csv", "email,user_id\nx,101\n")

        assert ["100", "101"] == ids_of(read_segment_csv(path))

    def test_reads_gzip_and_open_files(self, tmp_path):
        """A path, its gzip, and files open for text or bytes are all sources."""
        data = "user_id\nJosé\n".encode()
        plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
        plain.write_bytes(data)
        packed.write_bytes(gzip.compress(data))

        binary = io.BytesIO(data)
        found = [ids_of(read_segment_csv(s)) for s in (plain, packed, binary)]

        assert [["José"]] * 3 == found
        assert not binary.closed

    def test_reads_thousands_of_rows_in_order(self):
        """Batches leave no seam."""
        text = "user_id,n\n" + "".join(f"{n},x\n" for n in range(5000))
        rows = list(segment(text))

        assert [str(n) for n in range(5000)] == ids_of(rows)
        assert list(range(2, 5002)) == [row.line for row in rows]

    def test_a_row_is_a_mapping(self):
        """A row can become a dict with the file's own columns."""
        row = next(segment("user_id,City\n100,Porto\n"))

        assert {"user_id": "100", "external_id": "100", "City": "Porto"} == dict(row)
        assert "SegmentRow(external_id='100', line=2)" == repr(row)


class TestReadTagCsv:
    def test_gives_customer_tag_and_ttl(self):
        """The three columns come as a row with the ttl in seconds."""
        rows = read_tag_csv(io.StringIO("ttl,user_id,tag\n60,u-1,spring\n"))

        assert [TagRow("u-1", "spring", 60)] == list(rows)
        assert "user_id" == rows.by

    def test_takes_other_column_names(self):
        """A file for another importer is read by the names it has."""
        text = "member;label;seconds\n7;spring;60\n"
        rows = read_tag_csv(io.StringIO(text), columns=("member", "label", "seconds"))

        assert [TagRow("7", "spring", 60)] == list(rows)
        assert rows.by is None

    @pytest.mark.parametrize("ttl", ["", "0", "-1", "1.5", "x", "٣", "9" * 5000])
    def test_rejects_a_ttl_that_is_no_number_of_seconds(self, ttl):
        """Only whole seconds of 1 or more are a ttl."""
        rejects = []
        text = f"external_id,tag,ttl\n1,a,{ttl}\n2,a,60\n"

        rows = read_tag_csv(io.StringIO(text), on_reject=rejects.append)

        assert [TagRow("2", "a", 60)] == list(rows)
        assert [2] == [reject.line for reject in rejects]

    def test_leaves_an_open_file_open(self):
        """Who gives an open file goes on with it, read to its end or not."""
        file = io.BytesIO(b"external_id,tag,ttl\n1,a,60\n2,a,60\n")
        rows = read_tag_csv(file)
        next(rows)
        rows.close()

        assert not file.closed

    def test_rejects_blanks(self):
        """A row without customer or tag is of no use."""
        with pytest.raises(ValueError, match="line 2: customer or tag is blank"):
            list(read_tag_csv(io.StringIO("external_id,tag,ttl\n,a,60\n")))

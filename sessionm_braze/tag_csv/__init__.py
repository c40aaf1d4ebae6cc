"""Tags as CSV files: Braze's segment export in, SessionM's tag file out, streaming."""

from ._reading import SegmentCsv, TagCsv, read_segment_csv, read_tag_csv
from ._rows import Reject, SegmentRow, TagRow, customer_of
from ._writing import TagCsvReport, write_tag_csv


__all__ = [
    "Reject",
    "SegmentCsv",
    "SegmentRow",
    "TagCsv",
    "TagCsvReport",
    "TagRow",
    "customer_of",
    "read_segment_csv",
    "read_tag_csv",
    "write_tag_csv",
]

"""From a Braze segment to SessionM tags in one go, in a run that can be started again.

Runs offline on the sandbox; clients made with `from_env()` make it the real thing.
"""

import tempfile
from pathlib import Path

from sessionm_braze.bulk import tag_customers
from sessionm_braze.tag_csv import write_tag_csv
from sessionm_braze.testing import Sandbox


def main() -> None:
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        for number in range(1, 1001):
            sandbox.sessionm.add_customer(user_id=f"u-{number}")
        segment = sandbox.dashboard.add_segment(name="Everybody")

        # Option 1 of the partner page: the Tag endpoint, one request a customer.
        export = sandbox.braze.export_segment(segment, fields_to_export=["external_id"])
        for _ in range(2):  # started again, the ledger knows what is done
            report = tag_customers(
                sandbox.core,
                sandbox.braze.read_segment_export(export),
                by="user_id",
                tags=["spring_winback"],
                ttl=2592000,
                max_workers=16,
                ledger=Path(folder, "spring.sqlite"),
            )
            print(report)

        # Option 2: the CSV for SessionM's staff.
        written = write_tag_csv(
            Path(folder, "spring.csv"),
            sandbox.braze.read_segment_export(export),
            by="user_id",
            tags=["spring_winback"],
            ttl=2592000,
        )
        print(f"{written.written} rows in {written.files[0].name}")


if __name__ == "__main__":
    main()

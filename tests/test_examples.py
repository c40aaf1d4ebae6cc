import runpy
from pathlib import Path

import pytest


EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))
SAYS = {
    "bulk_segment_to_tags": "1,000 skipped>\n1000 rows in spring.csv\n",
    "offer_by_offer": "Ana: Free coffee\nAna: 50 points\n",
    "tag_a_segment": "100200301: spring_winback\n999: user_not_found\n",
    "wallet_in_a_message": "  * Ten off lunch, until 07 May\nu-2 gets nothing: no off",
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_offline_and_says_what_it_shows(example, capsys):
    """Every example runs as it is, and its output shows what it is about."""
    runpy.run_path(str(example), run_name="__main__")

    printed = capsys.readouterr()
    assert "" == printed.err
    assert SAYS[example.stem] in printed.out

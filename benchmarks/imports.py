"""What importing costs, each in fresh interpreters, beside what it is compared with.

Goals: the root at most 10 ms over a bare interpreter; a client at most 1.2 x
importing requests and cattrs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time


RUNS = 25
CODES = {
    "bare": "pass",
    "root": "import sessionm_braze",
    "client": "from sessionm_braze import BrazeClient",
    "libraries": "import requests, cattrs",
}


def milliseconds(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - started) * 1000


def main() -> None:
    for code in CODES.values():
        milliseconds(code)
    runs = [
        {name: milliseconds(code) for name, code in CODES.items()} for _ in range(RUNS)
    ]
    root = statistics.median(run["root"] - run["bare"] for run in runs)
    ratio = statistics.median(run["client"] / run["libraries"] for run in runs)
    over = statistics.median(
        (run["client"] - run["bare"]) / (run["libraries"] - run["bare"]) for run in runs
    )
    print(f"import sessionm_braze: {root:.1f} ms over a bare interpreter")
    print(f"from sessionm_braze import BrazeClient: {ratio:.2f} x requests and cattrs")
    print(f"the same, both over a bare interpreter: {over:.2f} x")


if __name__ == "__main__":
    main()

"""A compiled template beside the engines that people use today, in one run.

``benchmarks/peers/install`` brings the peers; those that are missing are left out.
Each figure is the best of eight rounds, which a busy machine disturbs least.
Goals, at 1 / 10 / 100 offers: 5 / 8 / 8 x python-liquid, 3 / 5 / 5 x Ruby's Liquid and
liquidjs, 15 / 20 / 20 x brazejs; compiling at most 3 x python-liquid's parse.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from liquid import Environment
from rendering import TEMPLATE, variables

from sessionm_braze.rendering import Renderer
from sessionm_braze.rendering._compiled import compile_nodes
from sessionm_braze.rendering._deadline import without_end


PEERS = Path(__file__).parent / "peers"
SIZES = (1, 10, 100)
COMMANDS = {
    "Ruby's Liquid": (["ruby", "render.rb"], None),
    "liquidjs": (["node", "render.js"], "liquidjs"),
    "brazejs": (["node", "render.js"], "brazejs"),
}


def micros(call: Callable[[], object], times: int) -> float:
    rounds = []
    for _ in range(8):
        started = time.perf_counter()
        for _ in range(times):
            call()
        rounds.append((time.perf_counter() - started) / times * 1e6)
    return min(rounds)


def peer(command: list[str], name: str | None) -> dict[str, Any] | None:
    job = {
        "peer": name,
        "template": TEMPLATE,
        "data": {size: variables(size) for size in SIZES},
        "times": {size: 4_000 // size for size in SIZES},
    }
    try:
        run = subprocess.run(
            command,
            input=json.dumps(job),
            cwd=PEERS,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    figures: dict[str, Any] = json.loads(run.stdout)
    return figures


def main() -> None:
    plain, renderer = Environment().from_string(TEMPLATE), Renderer()
    parsed = renderer.parse(TEMPLATE)
    ours, theirs, texts = {}, {}, {}
    for size in SIZES:
        data = variables(size)
        ours[size] = micros(
            lambda data=data: renderer.render(parsed, data), 4_000 // size
        )
        theirs[size] = micros(lambda data=data: plain.render(data), 4_000 // size)
        texts[str(size)] = renderer.render(parsed, data).text
    print("offers:", *SIZES)
    print("compiled:", *(f"{ours[size]:.1f} µs" for size in SIZES))
    print("python-liquid:", *(f"{theirs[size] / ours[size]:.1f} x" for size in SIZES))
    for name, (command, module) in COMMANDS.items():
        figures = peer(command, module)
        if figures is None:
            print(f"{name}: not installed")
            continue
        same = all(figures[size]["text"] == texts[size] for size in texts)
        ratios = (
            f"{figures[str(size)]['micros'] / ours[size]:.1f} x" for size in SIZES
        )
        print(f"{name}:", *ratios, "" if same else "(prints something else)")

    nodes = parsed._parsed.nodes
    environment = Environment()
    compiling = micros(lambda: compile_nodes(nodes, without_end), 200)
    parsing = micros(lambda: environment.from_string(TEMPLATE), 200)
    print(f"compiling: {compiling / parsing:.2f} x python-liquid's parse")


if __name__ == "__main__":
    main()

"""Renders hostile templates, each in a process of its own with little memory.

Run by a test, on one kind of data; prints what did not end as it should.
"""

import os
import resource
import sys
import time
from decimal import Decimal
from pathlib import Path

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import ConnectedContentResponse, Renderer, RenderLimits
from sessionm_braze.rendering._environment import environment


SECONDS = 1
MAX_PROCESSOR_TIME = 3 * SECONDS
"""Seconds; half as much is the goal on a machine with nothing else to do."""

MAX_GROWTH = 500_000_000
MEMORY = 3 << 30
LONG = 4_000_000
EVERY = int(os.environ.get("SESSIONM_BRAZE_TRIALS_EVERY", "7"))
"""Of so many trials one is run; `.ci/long` runs all."""

FILTERS = sorted(environment(strict=True, nesting=100).filters)


def shared(levels):
    """Return a list that has the next one twice, and so on."""
    value = ["a"]
    for _ in range(levels):
        value = [value, value]
    return value


def itself():
    """Return a list that holds itself."""
    value = [1]
    value.append(value)
    return value


DATA = {
    "text": lambda: "x" * LONG,
    "markup": lambda: "&<\n " * (LONG // 4),
    "other letters": lambda: "\U0001f600é" * (LONG // 2),
    "references": lambda: ["x" * LONG] * 1_024,
    "shared": lambda: shared(40),
    "itself": itself,
    "list": lambda: ["ab", "Ba"] * 600_000,
    "objects": lambda: [{"a": n} for n in range(200_000)],
    "huge": lambda: {"a": "x" * 200_000_000},
    "decimal": lambda: Decimal("1e99999999"),
    "not a number": lambda: Decimal("sNaN"),
    "integer": lambda: 10**100_000,
    "range": lambda: range(10**30),
}
TEXTS = [
    "{% comment %}" + "{% raw %}" * 11_000,
    "{% connected_content http://h/{{ %}" * 3_000,
    "{{ " + "a[" * 50_000 + " }}",
    "{{ a | zzz }}" * 8_000,
    "{{ a }}" * 15_000,
    "{% if a %}" + "{% elsif b %}" * 8_000 + "{% endif %}",
    "{% if " + "a and " * 18_000 + "a %}{% endif %}",
    "{% random " + "9" * 4_999 + " %}",
]

REST = """{{ V }}{% if V == w or w contains V %}{% endif %}
{% case V %}{% when w %}{% endcase %}{% cycle V: 1, V %}
{% for i in V %}{% capture c %}{{ i }}{{ c }}{% endcapture %}{% endfor %}
{% tablerow i in V cols: V %}{% endtablerow %}"""


def trials(kind):
    """Yield templates with the variables that they are given."""
    if kind == "texts":
        for text in TEXTS:
            yield text, dict
            yield (
                "{% connected_content https://h.test/ :rerender %}",
                lambda t=text: {"a": t},
            )
        return
    for name in ("v", "v.a"):
        for used in FILTERS:
            for call in (used, f"{used}: {name}", f"{used}: 'x', {name}"):
                yield (
                    f"{{{{ {name} | {call} | size }}}}" * 150,
                    lambda: {"v": DATA[kind]()},
                )
        yield (
            REST.replace("V", name),
            lambda: {"v": DATA[kind](), "w": DATA[kind]()},
        )


def growth():
    """Return the most memory that this process has had since it began."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1_024


def fault_of(template, make):
    """Return what is wrong with how a render ends, if anything."""
    variables = make()
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before, started, fault = growth(), time.process_time(), ""
    renderer = Renderer(
        lambda _: ConnectedContentResponse(body=str(variables.get("a"))),
        limits=RenderLimits(seconds=SECONDS),
        strict=False,
    )
    try:
        renderer.render(template, variables)
    except TemplateError:
        pass
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
        fault = f"{type(error).__name__}: {error}"
    took, grown = time.process_time() - started, growth() - before
    if took > MAX_PROCESSOR_TIME:
        fault += f" {took:.1f} s"
    return fault if grown <= MAX_GROWTH else f"{fault} {grown // 10**6} MB"


def main(kind):
    """Run the trials of one kind."""
    some = list(trials(kind))[:: 1 if kind == "texts" else EVERY]
    for template, make in some:
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            if status:
                sys.stdout.write(f"killed: {template[:80]}\n")
            continue
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        if fault := fault_of(template, make):
            sys.stdout.write(f"{fault}: {template[:80]}\n")
            sys.stdout.flush()
        os._exit(0)
    sys.stderr.write(f"{len(some)} trials\n")


if __name__ == "__main__":
    main(sys.argv[1])

"""Templates as Python functions: the same output as walking their nodes, only faster.

python-liquid parses; its nodes are translated once into the source of a function, which
is compiled and kept with the parsed template.  Both ways share the rules of values.

A node that has a method ``emit`` is compiled.  One without, or whose ``emit`` raises
`Unsupported`, is walked from inside the compiled function; so is a node that meets a
fault, which gives the fault its position and, in lax mode, its text.
"""

from .program import compile_nodes


__all__ = ["compile_nodes"]

"""How much one program may use. The locked process around it has harder limits and worse messages."""

from typing import Final

MAX_PROGRAM_BYTES: Final = 64 * 1024
MAX_NODES: Final = 20_000
"""Nodes of the parsed program."""
MAX_DEPTH: Final = 100
"""How deep they may nest."""
MAX_STEPS: Final = 200_000
"""Statements, loop rounds and calls executed."""
MAX_SECONDS: Final = 1.5
"""Processor time."""
MAX_WAIT: Final = 2.0
"""Seconds from start to end, on a busy machine: before the process is killed, with all it did."""
MAX_CALLS: Final = 990
"""Calls of the program's own functions inside one another; CPython stops at about the same."""
MAX_BACKWARDS: Final = 10
"""`backward()` calls inside one another's hooks; torch starts threads beyond 60."""
MAX_ELEMENTS: Final = 1_000_000
"""Elements of one tensor."""
MAX_TENSOR_BYTES: Final = 64 * 1024 * 1024
"""All tensors alive together, those autograd keeps included."""
MAX_ITEMS: Final = 100_000
"""Characters of a string, items of a list."""
MAX_SEQUENCE_BYTES: Final = 512 * 1024 * 1024
"""All long strings and lists ever made, together."""
MAX_INT_BITS: Final = 4096
MAX_WIDTH: Final = 100
"""Width and precision in a format."""
MAX_PRINT_OPTION: Final = 1000
"""Width, precision and number of elements of `torch.set_printoptions`."""
MAX_PRINTED: Final = 64 * 1024
"""Characters printed."""
MAX_MESSAGE: Final = 4096
"""Characters of an error's text."""
MAX_WARNINGS: Final = 50
MAX_VARIABLES: Final = 200
RECURSION_LIMIT: Final = 16_000
"""Python frames: each call in a program takes up to a dozen of the interpreter's own."""

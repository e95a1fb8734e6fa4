"""How long a reply may be. The child keeps to it, and the web process parses nothing that is longer."""

MOST_BYTES = 1024 * 1024
MOST_COST = 60_000
"""Microseconds, roughly, that a whole reply may cost the web process."""
MOST_AT_ONCE = 4_000
"""And a part of it, for nobody else is served meanwhile."""
COST = {b"{": 4, b"[": 1.5, b",": 0.4}
"""What each of these outside of texts costs to parse and to write again: measured, twice as much as most."""
COST_PER_BYTE = 0.012
MOST_TEXTS = 40_000


def cost(reply: bytes) -> float:
    """Microseconds, roughly, that a reply takes to be looked at, parsed and written again."""
    bare = reply.replace(rb"\\", b"").replace(rb"\"", b"")
    return COST_PER_BYTE * len(reply) + _cost_of_signs(b"".join(bare.split(b'"')[::2]))


def _cost_of_signs(text: bytes) -> float:
    return sum(each * text.count(sign) for sign, each in COST.items())


def is_affordable(reply: bytes, most: int = MOST_COST) -> bool:
    """Whether a reply is short enough to be parsed; or a part of one, in one go."""
    at_most = min(MOST_BYTES, most / COST_PER_BYTE)
    if len(reply) > at_most or reply.count(b'"') > 2 * MOST_TEXTS:
        return False
    # With the signs inside of texts it seems dearer than it is. Most are affordable all the same.
    return COST_PER_BYTE * len(reply) + _cost_of_signs(reply) <= most or cost(reply) <= most

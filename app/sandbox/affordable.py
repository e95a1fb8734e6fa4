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
    outside = b"".join(bare.split(b'"')[::2])
    return COST_PER_BYTE * len(reply) + sum(each * outside.count(sign) for sign, each in COST.items())


def is_affordable(reply: bytes, most: int = MOST_COST) -> bool:
    """Whether a reply is short enough to be parsed; or a part of one, in one go."""
    at_most = min(MOST_BYTES, most / COST_PER_BYTE)
    return len(reply) <= at_most and reply.count(b'"') <= 2 * MOST_TEXTS and cost(reply) <= most

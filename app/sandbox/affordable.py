"""How long a reply may be. The child keeps to it, and the web process parses nothing that is longer."""

MOST_BYTES = 1024 * 1024
MOST_COST = 60_000
"""Microseconds, roughly, that parsing the longest reply may cost the web process, which serves nobody else
meanwhile."""
COST = {b"{": 25, b"[": 4, b",": 0.2}
"""What each of these outside of texts costs: records most, numbers next to nothing."""
MOST_TEXTS = 40_000


def is_affordable(reply: bytes) -> bool:
    """Whether a reply is short enough to be parsed."""
    if len(reply) > MOST_BYTES or reply.count(b'"') > 2 * MOST_TEXTS:
        return False
    bare = reply.replace(rb"\\", b"").replace(rb"\"", b"")
    outside = b"".join(bare.split(b'"')[::2])
    return sum(cost * outside.count(sign) for sign, cost in COST.items()) <= MOST_COST

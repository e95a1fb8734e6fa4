"""`Idempotency-Key`: by which a request that is sent again, because its answer was lost, does nothing twice.

After draft-ietf-httpapi-idempotency-key-header.
"""

import secrets
from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import Annotated, NamedTuple

from fastapi import Header

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=16,
        max_length=100,
        pattern=r"^[\x21-\x7e]+$",
        description="Of your own choice and hard to guess, such as a UUID. A request that is sent again with"
        " the same key is not carried out again, and has the same answer.",
    ),
]


class Names(NamedTuple):
    """What a new run is called, and what its owner shows."""

    run_id: str
    owner_token: str


def names_of(key: str | None) -> Names:
    """The names of a run made by a request with this key: always the same; without one, new ones.

    So nothing need be remembered for a repeat, and whoever knows the key is the owner.
    """
    if key is None:
        return Names(secrets.token_urlsafe(16), secrets.token_urlsafe(16))
    return Names(digest(key, b"run"), digest(key, b"owner"))


def digest(key: str, purpose: bytes) -> str:
    """A name of 22 characters from which the key cannot be found."""
    return urlsafe_b64encode(blake2b(key.encode(), digest_size=16, person=purpose).digest())[:22].decode()

"""`Idempotency-Key`: by which a request that is sent again, because its answer was lost, does nothing twice.

After draft-ietf-httpapi-idempotency-key-header.
"""

import json
import secrets
from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import Annotated, NamedTuple

from fastapi import Header
from pydantic import JsonValue

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


def names_of(key: str | None, purpose: bytes = b"run") -> Names:
    """The names of a run made by a request with this key.

    Nothing need be remembered for a repeat, and whoever knows the key is the owner.
    """
    return Names(name_of(key, purpose), name_of(key, b"owner"))


def name_of(key: str | None, purpose: bytes) -> str:
    """A name of 22 characters: without a key a new one, else always the same, from which it cannot be found.

    purpose: at most 16 bytes.
    """
    return secrets.token_urlsafe(16) if key is None else digest(key.encode(), purpose)


def digest_of(what: JsonValue) -> str:
    """By which a request that is sent again is told from another with the same key."""
    return digest(json.dumps(what, sort_keys=True).encode(), b"request")


def digest(text: bytes, purpose: bytes) -> str:
    """22 characters from which the text cannot be found."""
    return urlsafe_b64encode(blake2b(text, digest_size=16, person=purpose).digest())[:22].decode()

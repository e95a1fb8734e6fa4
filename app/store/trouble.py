"""What can keep the store from its work, in words."""

from collections.abc import Mapping
from typing import Literal

from app.errors import N_, Unavailable

Kind = Literal["full", "read_only", "damaged", "unreachable", "slow", "failed", "newer", "in_use"]

TROUBLES: Mapping[Kind, str] = {
    "full": N_("The server's disk is full. Runs train on, but a restart would lose changes."),
    "read_only": N_("The server cannot write to its disk. Runs train on, but a restart would lose changes."),
    "damaged": N_("What the server has stored is damaged. Runs train on, but a restart would lose them."),
    "unreachable": N_(
        "The server's database does not answer. Runs train on, but a restart would lose changes."
    ),
    "slow": N_("The server's disk does not answer. Runs train on, but a restart would lose changes."),
    "failed": N_("The server cannot store anything. Runs train on, but a restart would lose changes."),
    "newer": N_("What is stored was written by a newer version of the server."),
    "in_use": N_("Another server uses what is stored."),
}
"""What people read of each kind."""

FATAL = frozenset[Kind]({"newer", "in_use"})
"""Kinds with which a server does not start."""
RETRY_AFTER = 5.0
LASTING = FATAL | {"damaged"}
"""Kinds after which nothing is written any more, so that nothing that may be saved yet is lost."""


class StoreTrouble(Exception):
    """The store cannot do its work. detail: for whoever runs the server."""

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(f"{TROUBLES[kind]} ({detail})")
        self.kind = kind

    def refusal(self) -> Unavailable:
        """The refusal of a request that needs what is stored."""
        return Unavailable(RETRY_AFTER, TROUBLES[self.kind])

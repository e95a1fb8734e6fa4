"""The record of one topic."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """The explanation of one confusion.

    explanation: why it happens. remedy: what to change. Both are marked for translation.
    patterns: regular expressions searched for in the message of an error or warning. Their named groups
    are the fields of the two texts; every pattern of a topic has the same groups.
    """

    explanation: str
    remedy: str
    patterns: tuple[str, ...] = ()

"""Explanations of torch's and Python's messages, with what to change: the confusions a beginner meets.

A message is matched by fragments that are the same in every call. The process that runs a program reports a
topic's key and fields; the web process shows the texts in the reader's language. This package knows no torch.
"""

import re
from collections.abc import Mapping

from app.protocol.topics.autograd import AUTOGRAD
from app.protocol.topics.checks import CHECKS
from app.protocol.topics.classes import CLASSES
from app.protocol.topics.endings import ENDINGS
from app.protocol.topics.library import LIBRARY
from app.protocol.topics.programs import PROGRAMS
from app.protocol.topics.python import PYTHON
from app.protocol.topics.tensors import TENSORS
from app.protocol.topics.topic import Topic

TOPICS: Mapping[str, Topic] = {
    **AUTOGRAD,
    **CLASSES,
    **TENSORS,
    **PROGRAMS,
    **LIBRARY,
    **PYTHON,
    **CHECKS,
    **ENDINGS,
}

_PATTERNS = tuple((key, re.compile(p, re.DOTALL)) for key, topic in TOPICS.items() for p in topic.patterns)


def find(message: str) -> tuple[str, dict[str, str]] | None:
    """The topic of an error's or warning's message, and the fields of its texts.

    >>> find("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)")
    ('matmul_shapes', {'first': '2x3', 'second': '2x3'})
    >>> find("something else") is None
    True
    """
    for key, pattern in _PATTERNS:
        if found := pattern.search(message):
            return key, found.groupdict()
    return None

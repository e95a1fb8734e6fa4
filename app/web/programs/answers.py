"""A program's result as JSON, written in steps: a long one would keep everybody else waiting."""

import asyncio
import time

from fastapi import Response
from pydantic_core import to_json

from app.protocol.gradients import Derivation
from app.protocol.record import Record

AT_ONCE = 0.002
"""Seconds of writing after which others are served."""


class Answer(Response):
    """A whole JSON document."""

    media_type = "application/json"


async def answer(derivation: Derivation) -> Answer:
    """The answer to whoever asked for it."""
    fields = []
    clock = time.perf_counter()
    for name, value in derivation:
        items = value if isinstance(value, list) else [value]
        texts = []
        for item in items:
            texts.append(item.model_dump_json().encode() if isinstance(item, Record) else to_json(item))
            if time.perf_counter() > clock + AT_ONCE:
                await asyncio.sleep(0)
                clock = time.perf_counter()
        text = b",".join(texts)
        fields.append(b'"%b":%b' % (name.encode(), b"[%b]" % text if isinstance(value, list) else text))
    return Answer(b"{%b}" % b",".join(fields))

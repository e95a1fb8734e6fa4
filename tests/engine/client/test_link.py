"""The link to an engine process, without a process: what only happens in one turn of the event loop."""

import asyncio

import pytest

from app.engine.client.ledger import Ledger
from app.engine.client.link import Answer, Link
from app.engine.commands import AnyCommand
from app.engine.reports import Reply


class Answered(Link):
    """A link whose reply comes in the very turn in which whoever waits for it is cancelled."""

    def __init__(self) -> None:
        super().__init__(Ledger())
        self.waiting: asyncio.Task[None]

    def post(self, command: AnyCommand) -> asyncio.Future[Answer]:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def answer_and_cancel() -> None:
            future.set_result((Reply(number=1), b""))
            self.waiting.cancel()

        asyncio.get_running_loop().call_soon(answer_and_cancel)
        return future


async def test_who_is_cancelled_as_the_reply_comes_does_not_go_on() -> None:
    link = Answered()
    link.waiting = asyncio.ensure_future(link.ping(10))
    with pytest.raises(asyncio.CancelledError):
        await link.waiting

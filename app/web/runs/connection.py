"""The socket of a client that follows a run or a comparison."""

import asyncio

from app.errors import N_, Invalid, PlaygroundError
from app.protocol.stream import CLIENT_MESSAGE, ClientMessage, Hello
from app.web.edge import connection
from app.web.edge.connection import FIRST_WITHIN, POLICY_VIOLATION, PROTOCOL_ERROR, Closing, records_of


class Connection(connection.Connection[ClientMessage]):
    """An accepted socket whose first message is a hello."""

    messages = CLIENT_MESSAGE
    records = records_of(ClientMessage)

    async def hello(self) -> Hello:
        """Receive the first message. Raises: Closing: it does not come, or is no hello."""
        try:
            async with asyncio.timeout(FIRST_WITHIN):
                message = await self.receive()
        except TimeoutError as error:
            raise Closing(POLICY_VIOLATION, f"no hello within {FIRST_WITHIN:.0f} seconds") from error
        except PlaygroundError as error:
            await self.refuse(error)
            raise Closing(PROTOCOL_ERROR, "the first message must be a valid hello") from error
        if not isinstance(message, Hello):
            await self.refuse(Invalid("type", N_("The first message must be hello.")))
            raise Closing(PROTOCOL_ERROR, "the first message must be hello")
        return message

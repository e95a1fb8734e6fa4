"""The least that a server for a class does: `python -m benchmarks.plain_broadcast PER_SECOND BYTES`.

A bare websockets server which sends all clients so many messages of a size a second, each with its
number. Whoever says something, but for acknowledgements, is told how many have. Prints its port.
"""

import asyncio
import itertools
import struct
import sys
from contextlib import suppress

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

NUMBER = struct.Struct("<4xI")
"""Where a binary snapshot holds its step (app/protocol/snapshots.py)."""


ACK = '"ack"'


async def main(per_second: float, size: int) -> None:
    """Serve until the process is ended."""
    clients: set[ServerConnection] = set()
    heard = itertools.count(1)

    async def follow(client: ServerConnection) -> None:
        clients.add(client)
        with suppress(ConnectionClosed):  # Without a farewell.
            async for message in client:
                if ACK not in message:
                    await client.send(str(next(heard)))
        clients.discard(client)

    async with serve(follow, "127.0.0.1", 0, compression=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in itertools.count(1):
            await asyncio.sleep(began + number / per_second - loop.time())
            broadcast(clients, NUMBER.pack(number).ljust(size, b"\0"))


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1]), int(sys.argv[2])))

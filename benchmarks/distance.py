"""A server at a distance: a proxy that carries all bytes, each after half a round trip."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

CHUNK = 65536


@contextlib.contextmanager
def at_a_distance(server: str, round_trip: float) -> Iterator[str]:
    """The address (host and port) under which a server is found that many seconds away."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    proxy = asyncio.run_coroutine_threadsafe(listen(server, round_trip), loop).result()
    try:
        yield "{}:{}".format(*proxy.sockets[0].getsockname())
    finally:
        asyncio.run_coroutine_threadsafe(hang_up(proxy), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def listen(server: str, round_trip: float) -> asyncio.Server:
    """A listening proxy."""
    host, _, port = server.partition(":")

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(round_trip)  # what TCP takes to connect
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(carry(reader, far_writer, round_trip / 2))
                both.create_task(carry(far_reader, writer, round_trip / 2))
        except asyncio.CancelledError:  # hung up; asyncio would report it as an error
            far_writer.close()
            writer.close()

    return await asyncio.start_server(connect, "127.0.0.1", 0)


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Carry bytes one way: each arrives that much later, and none waits for another."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def arrive() -> None:
        while True:
            due, chunk = await under_way.get()
            await asyncio.sleep(due - loop.time())
            if not chunk:
                break
            writer.write(chunk)
        writer.close()

    async with asyncio.TaskGroup() as both:
        both.create_task(arrive())
        chunk = b"-"
        while chunk:
            try:
                chunk = await reader.read(CHUNK)
            except ConnectionError:
                chunk = b""
            under_way.put_nowait((loop.time() + seconds, chunk))


async def hang_up(proxy: asyncio.Server) -> None:
    """End the proxy with all its connections."""
    proxy.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # in which what was closed is gone

"""uvicorn's sockets with limits: nothing is read of a client that does not read itself.

uvicorn itself answers every ping however many answers wait for the client already, and logs text that is no
UTF-8 as a fault of the server.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

NOT_CONSISTENT = 1007
"""RFC 6455, section 7.4.1: a message of text that is none."""


class BoundedSocket(WebSocketsSansIOProtocol):
    """One socket."""

    def pause_writing(self) -> None:
        """Read nothing more either: whatever comes could ask for an answer."""
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on, unless a message waits for the application."""
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()

    async def receive(self) -> Any:
        """The next message."""
        message = await super().receive()  # It resumes reading.
        if not self.writable.is_set():
            self.transport.pause_reading()
        return message

    def send_receive_event_to_app(self) -> None:
        """Pass a message on; close where it is text that cannot be read."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.conn.send_close(NOT_CONSISTENT)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

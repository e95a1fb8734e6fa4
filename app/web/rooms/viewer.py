"""What one viewer of a room is sent: always the whole of it, as JSON."""

from pydantic_core import to_json

from app.errors import N_, NotOwner
from app.protocol.rooms import Role, RoomEnded
from app.rooms import views
from app.rooms.room import Member
from app.web.rooms.rooms import LiveRoom
from app.web.rooms.services import Reader

OWN = {"own", "right", "distance"}
"""Fields of a question that each member has their own of."""


class RoomViewer:
    """One viewer. token: the digest of theirs."""

    def __init__(
        self, live: LiveRoom, role: Role, token: str, reader: Reader, addresses: tuple[str, ...]
    ) -> None:
        room = live.room
        if token not in (room.tokens if role == "member" else room.owners) and token not in room.removed:
            template = N_("This token does not belong to room {room_id}.")
            raise NotOwner(template, room_id=room.id)
        self.live = live
        self.role = role
        self.token = token
        self.number = room.tokens.get(token)
        self._reader = reader
        self._addresses = addresses

    @property
    def end(self) -> RoomEnded | None:
        """Why there is nothing more to send, if so."""
        room = self.live.room
        if self.live.ended:
            return RoomEnded(reason="ended")
        is_there = self.token in (room.tokens if self.role == "member" else room.owners)
        return None if is_there else RoomEnded(reason="removed")

    @property
    def member(self) -> Member | None:
        """The member who looks."""
        return None if self.number is None else self.live.room.members[self.number]

    def message(self) -> str:
        """The `RoomState`: what all of a role see is written once, and what is their own is put into it."""
        room, now, member = self.live.room, self.live.now, self.member
        shared, question = self._shared()
        if question is not None and member is not None:
            assert room.question is not None
            own = views.own_state(room.question, member)
            question = f"{question[:-1]},{to_json(own).decode()[1:]}"
        me = None if member is None else views.me(room, member, now)
        last = (
            f'"me":{me.model_dump_json() if me else "null"},"addresses":{to_json(self._addresses).decode()}'
        )
        return f'{shared[:-1]},"question":{question or "null"},{last}}}'

    def _shared(self) -> tuple[str, str | None]:
        """What all of this role and language see, and its question."""
        live, key = self.live, (self.role, self._reader.language.code)
        if (texts := live.texts.get(key)) is None:
            state = views.state(live.room, live.now, self.role, self._reader)
            question = state.question
            left_out = OWN if self.role == "member" else set()
            texts = live.texts[key] = (
                state.model_dump_json(exclude={"question", "me", "addresses"}),
                None if question is None else question.model_dump_json(exclude=left_out),
            )
        return texts

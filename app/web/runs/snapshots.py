"""Snapshots as one viewer gets them, with the losses that it has not been sent yet."""

from array import array
from collections import OrderedDict
from collections.abc import Sequence

from pydantic_core import to_json

from app.protocol.runs import ParameterInfo
from app.protocol.snapshots import PackedSnapshot

SHARED = 64
"""Most snapshots whose JSON is kept."""
FLOAT = 4


def losses_of(losses: bytearray, first_step: int, last_step: int) -> bytes:
    """The float32 losses of some steps. losses: of all steps, step 1 first."""
    return bytes(losses[FLOAT * (first_step - 1) : FLOAT * last_step])


class SnapshotTexts:
    """Writes snapshots as JSON, each once for all of its viewers."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[PackedSnapshot, str] = OrderedDict()

    def message(
        self, snapshot: PackedSnapshot, parameters: Sequence[ParameterInfo], first_step: int, losses: bytes
    ) -> str:
        """The JSON of a `SnapshotMessage`. losses: float32, of the steps from `first_step` on."""
        numbers = to_json(array("f", losses).tolist(), inf_nan_mode="null").decode()
        body = self._body(snapshot, parameters)
        return f'{{"type":"snapshot","losses_from":{first_step},"losses":{numbers},{body[1:]}'

    def _body(self, snapshot: PackedSnapshot, parameters: Sequence[ParameterInfo]) -> str:
        body = self._bodies.get(snapshot)
        if body is None:
            body = self._bodies[snapshot] = snapshot.unpack(parameters).model_dump_json()
            if len(self._bodies) > SHARED:
                self._bodies.popitem(last=False)
        return body

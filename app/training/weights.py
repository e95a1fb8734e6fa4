"""Parameters as a file that torch reads."""

import io
from collections.abc import Mapping

import torch

from app.protocol.snapshots import Nested


def state_dict_file(parameters: Mapping[str, Nested]) -> bytes:
    """The bytes of `torch.save(net.state_dict(), ...)` for parameters by name.

    `torch.load(..., weights_only=True)` reads them.
    """
    file = io.BytesIO()
    torch.save({name: torch.tensor(values) for name, values in parameters.items()}, file)
    return file.getvalue()

"""Parameters as a file of torch's."""

import io
from collections.abc import Mapping

import torch

from app.protocol.snapshots import Nested


def state_dict_file(parameters: Mapping[str, Nested]) -> bytes:
    """What `torch.save(net.state_dict(), ...)` writes, of parameters by name.

    `torch.load(..., weights_only=True)` reads it.
    """
    file = io.BytesIO()
    torch.save({name: torch.tensor(values) for name, values in parameters.items()}, file)
    return file.getvalue()

import pytest
import torch


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """As in the engine process."""
    torch.set_num_threads(1)

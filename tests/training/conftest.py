import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """As in the engine process: with more threads MKL adds in another order."""
    torch.set_num_threads(1)

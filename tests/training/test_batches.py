import torch

from app.protocol.runs import RunConfig
from app.training.batches import Batches
from app.training.model import generator_after


def make(size: int) -> Batches:
    return Batches(10, size, generator_after(RunConfig()))


def test_every_epoch_takes_every_point_once_in_a_new_order() -> None:
    batches = make(4)
    epochs = []
    for _ in range(2):
        drawn = [batches.draw().tolist() for _ in range(3)]
        assert [len(batch) for batch in drawn] == [4, 4, 2]
        epochs.append([index for batch in drawn for index in batch])
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(10))
    assert epochs[0] != epochs[1]


def test_drawing_leaves_everybody_elses_random_numbers_alone() -> None:
    state = torch.get_rng_state()
    make(4).draw()
    assert torch.equal(torch.get_rng_state(), state)


def test_the_last_batch_is_told_again() -> None:
    batches = make(4)
    for _ in range(5):
        assert torch.equal(batches.draw(), batches.last)

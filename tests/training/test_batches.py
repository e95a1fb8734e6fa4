import torch

from app.protocol.runs import ModelConfig
from app.training.batches import Batches


def test_every_epoch_takes_every_point_once_in_a_new_order() -> None:
    batches = Batches(ModelConfig(), seed=0, n_samples=10, batch_size=4)
    epochs = []
    for _ in range(2):
        drawn = [batches.draw().tolist() for _ in range(3)]
        assert [len(batch) for batch in drawn] == [4, 4, 2]
        epochs.append([index for batch in drawn for index in batch])
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(10))
    assert epochs[0] != epochs[1]


def test_drawing_leaves_everybody_elses_random_numbers_alone() -> None:
    state = torch.get_rng_state()
    Batches(ModelConfig(), seed=0, n_samples=10, batch_size=4).draw()
    assert torch.equal(torch.get_rng_state(), state)


def test_another_size_begins_a_new_epoch() -> None:
    batches = Batches(ModelConfig(), seed=0, n_samples=10, batch_size=4)
    batches.draw()
    batches.resize(10)
    assert sorted(batches.draw().tolist()) == list(range(10))

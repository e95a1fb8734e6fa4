"""Scripts run beside the runs they were written for."""

from random import Random

import pytest
import torch

from app.protocol.events import EventLog
from app.protocol.runs import RunConfig
from app.script.write import write
from app.training.run import Run
from tests.script.histories import config_of, eventful, finished
from tests.script.scripts import Ran, run_scripts

LESSON = """\
import os

os.environ["MKL_CBWR"] = "AVX2,STRICT"  # torch adds up as in the run, wherever the numbers lie

import torch
import torch.nn.functional as F

torch.manual_seed(0)
x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
y = x.pow(2) + 0.2*torch.rand(x.size())


class Net(torch.nn.Module):
    def __init__(self, n_feature, n_hidden, n_output):
        super(Net, self).__init__()
        self.hidden = torch.nn.Linear(n_feature, n_hidden)
        self.predict = torch.nn.Linear(n_hidden, n_output)

    def forward(self, x):
        x = F.relu(self.hidden(x))
        return self.predict(x)


torch.manual_seed(0)
net = Net(n_feature=1, n_hidden=10, n_output=1)

optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
loss_func = torch.nn.MSELoss()

losses = []
for t in range(1000):
    prediction = net(x)
    loss = loss_func(prediction, y)

    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

    losses.append(loss.item())
    print(t + 1, losses[-1])
"""


def script_of(run: Run) -> str:
    return write(run.log, run.state).script.script


def same(ours: list[float], theirs: list[float]) -> bool:
    """Bit for bit; a number that is not one equals itself."""
    return torch.equal(torch.tensor(ours).view(torch.int32), torch.tensor(theirs).view(torch.int32))


def agree(run: Run, ran: Ran) -> bool:
    """Whether the script has computed what the run has, and stopped where and as it did."""
    if run.status == "failed":
        assert run.error is not None
        words = run.error.partition(" is at version ")[0]
        return same(list(run.losses), ran.losses) and words in (ran.error or "")
    blocks = zip(run.parameters, run.loop.leaves, strict=True)
    parameters = {parameter.name: leaf.tolist() for parameter, leaf in blocks}
    return (
        same(list(run.losses), ran.losses)
        and ran.error is None
        and ran.steps == list(range(1, run.step + 1))
        and str(ran.parameters) == str(parameters)
    )


def test_the_lessons_run_is_the_lessons_listing() -> None:
    assert write(EventLog(RunConfig())).script.script == LESSON


def test_in_any_settings_a_script_computes_the_runs_losses() -> None:
    random = Random(0)
    runs = [finished(config_of(random)) for _ in range(50)]
    runs += [finished(config_of(random, stop_loss=0.1)) for _ in range(5)]
    given = {"hidden": [2], "weights": [0.1, -0.2, 0.3, 0.4, 0.5, 0.6, 0.7]}
    runs.append(finished(RunConfig.model_validate({"model": given, "max_steps": 20})))
    scripts = [script_of(run) for run in runs]
    ran = run_scripts(scripts)
    assert [run.config for run, its in zip(runs, ran, strict=True) if not agree(run, its)] == []
    assert sum(run.config.batch_size is not None for run in runs) > 10
    assert {run.reason for run in runs} >= {"max_steps", "stop_loss"}


@pytest.mark.filterwarnings("ignore:Using a target size")  # another batch size, and no forward
def test_whatever_was_done_on_the_way_a_script_does_too() -> None:
    random = Random(1)
    runs = [eventful(random) for _ in range(80)]
    ran = run_scripts([script_of(run) for run in runs])
    wrong = [script_of(run) for run, its in zip(runs, ran, strict=True) if not agree(run, its)]
    assert wrong == []
    assert {run.status for run in runs} >= {"finished", "failed"}
    assert any(event.line for run in runs for event in run.log.events)

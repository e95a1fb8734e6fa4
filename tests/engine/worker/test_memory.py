"""What runs leave behind when they are deleted, in a process of its own."""

import json
import subprocess
import sys

import pytest

from tools.step import ROOT

PROGRAM = """
import ctypes, gc, json, os, sys
from itertools import count

import torch

from app.engine.worker.host import Host
from app.engine.commands import Create, Delete, Edit, EngineOptions, Lines, Play, Request, TakeSnapshot
from app.protocol.lines import ParameterEdit
from app.protocol.runs import RunConfig

torch.set_num_threads(1)
options = EngineOptions(
    device="cpu", max_runs=2000, run_memory=10**7, runs_memory=10**9,
    run_retention=60, snapshots_per_second=60,
)
KINDS = [
    RunConfig(max_steps=3),
    RunConfig.model_validate({"optimizer": {"name": "Adam"}, "batch_size": 30, "max_steps": 3}),
    RunConfig.model_validate(
        {"optimizer": {"momentum": 0.5}, "scheduler": {"name": "StepLR", "step_size": 2}, "max_steps": 3}
    ),
    RunConfig.model_validate({"loop": {"backward": False, "step": False}, "max_steps": 3}),
]
numbers, names = count(1), count(1)
refused = []


def keep(reply, payload):
    if reply.refusal is not None:
        refused.append(reply.refusal.template)


host = Host(options, iter(count(0.0, 0.001)).__next__, keep)


def ask(command):
    host.execute(Request(number=next(numbers), command=command))


def resident():
    # Only what is held: the allocator gives free memory back when it sees fit.
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def generation(n):
    ids = [f"run {next(names)}" for _ in range(n)]
    for i, run_id in enumerate(ids):
        ask(Create(run_id=run_id, config=KINDS[i % len(KINDS)]))
        if i % 10 == 0:
            ask(Lines(run_id=run_id, count=3))
            ask(Edit(run_id=run_id, name="hidden.bias", index=(0,), value=1.0))
            ask(TakeSnapshot(run_id=run_id))
        ask(Play(run_id=run_id, steps_per_second=None))
    while host.scheduler.run():
        pass
    for run_id in ids:
        ask(Delete(run_id=run_id))


before = resident()
for _ in range(2):
    generation(200)
warm = resident()
for _ in range(4):
    generation(200)
json.dump({"warm": warm - before, "after": resident() - warm, "refused": refused}, sys.stdout)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_hundreds_of_runs_that_were_made_trained_and_deleted_leave_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    result = json.loads(done.stdout)
    assert result["refused"] == []
    # A hundredth of what 800 runs take while they are there.
    assert result["after"] < 240_000

"""What a trainer has done before it says that it is ready."""

import subprocess
import sys

from tools.step import ROOT

PROGRAM = """
import sys

import torch

from app.protocol.runs import RunConfig
from app.training import compiler
from app.training.alone import Alone
from app.training.run import Run
from app.training.warmup import warm_up

compiler.leave_out()
cpu = torch.device("cpu")
warm_up(cpu)
known = set(sys.modules)
for optimizer in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad"):
    scheduler = {"name": "CosineAnnealingLR", "T_max": 9}
    config = RunConfig.model_validate({"optimizer": {"name": optimizer}, "scheduler": scheduler})
    run = Run("a run", config, cpu)
    run.play_steps(2)
    while Alone(run).step():
        pass
print(sorted(set(sys.modules) - known), "sympy" in sys.modules)
"""


def test_the_first_step_of_the_first_run_imports_nothing_any_more_and_never_the_compiler() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == "[] False\n"

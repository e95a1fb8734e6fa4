"""The notebook is the script in cells."""

import json

from app.protocol.events import EventLog
from app.protocol.runs import RunConfig
from app.script.notebook import notebook
from app.script.write import write


def test_its_cells_one_after_another_are_the_script() -> None:
    listing = write(EventLog(RunConfig()))
    book = json.loads(notebook(listing.parts))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 4)
    for cell in book["cells"]:
        assert cell.keys() == {"cell_type", "execution_count", "metadata", "outputs", "source"}
        assert (cell["cell_type"], cell["execution_count"], cell["outputs"]) == ("code", None, [])
    cells = "\n".join("".join(cell["source"]) for cell in book["cells"])
    script = listing.script.script.splitlines()
    assert [line for line in cells.splitlines() if line] == [line for line in script if line]


def test_the_loops_lines_stand_where_it_is_said() -> None:
    config = RunConfig.model_validate(
        {"batch_size": 20, "loop": {"zero_grad": False}, "model": {"hidden": []}}
    )
    made = write(EventLog(config)).script
    lines = made.script.splitlines()
    shown = {name: lines[number - 1].strip() for name, number in made.lines.items()}
    assert shown == {
        "forward": "prediction = net(x[batch])",
        "loss": "loss = loss_func(prediction, y[batch])",
        "zero_grad": "# optimizer.zero_grad()",
        "backward": "loss.backward()",
        "step": "optimizer.step()",
    }

"""The points by which the page pictures each preset, as the trainer makes them."""

import json
from pathlib import Path

from tools.step import ROOT

DATA = ROOT / "app" / "web" / "pages" / "presets.json"
N_SHOWN = 50
"""Points of a picture the size of a stamp."""
SEED = 0


def files() -> dict[Path, str]:
    """The file that holds them. Imports torch, which makes them."""
    return {DATA: data()}


def data() -> str:
    """A line for each preset: its name, and its points to a hundredth, which is finer than the picture."""
    import torch  # slow: the other commands need not wait for it

    from app.protocol.data import PRESETS, DataConfig
    from app.protocol.planes import CLASS_COUNTS, SURFACES
    from app.training.data import make_data

    lines = []
    for name in (*PRESETS, *CLASS_COUNTS, *SURFACES):
        n_samples = N_SHOWN if name in PRESETS else 2 * N_SHOWN
        config = DataConfig.model_validate({"target": name, "n_samples": n_samples})
        made = make_data(config, SEED, torch.device("cpu"), form="float_column" if config.classes else None)
        points = torch.cat([made.x, made.y], dim=1).tolist()
        rounded = [[round(value, 2) for value in point] for point in points]
        lines.append(f"{json.dumps(name)}: {json.dumps(rounded, separators=(',', ':'))}")
    return "{\n" + ",\n".join(lines) + "\n}\n"

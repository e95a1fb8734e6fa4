"""The pictures of the presets show what the trainer makes."""

import json
import re

import torch

from app.protocol.data import PRESETS
from app.web.pages.presets import HEIGHT, MARGIN, WIDTH, offers
from tools import presets


def test_a_pictured_point_is_what_the_formula_gives_in_plain_torch() -> None:
    pictured = json.loads(presets.DATA.read_text(encoding="utf-8"))
    for name, preset in PRESETS.items():
        torch.manual_seed(presets.SEED)
        names = {"torch": torch, "x": torch.linspace(-1, 1, presets.N_SHOWN)}
        names["x"] = eval(preset.x or "x", {}, names)
        y = eval(preset.y, {}, names)
        expected = torch.stack([names["x"], y], dim=1)  # type: ignore[list-item]
        assert torch.allclose(torch.tensor(pictured[name]), expected, atol=0.0051), name


def test_every_picture_lies_within_its_margins() -> None:
    for offer in offers().values():
        places = [tuple(map(float, place)) for place in re.findall(r"M(\S+) (\S+?)h0", "".join(offer.paths))]
        assert len(places) > presets.N_SHOWN / 2
        xs, ys = zip(*places, strict=True)
        assert (min(xs), max(xs)) == (MARGIN, WIDTH - MARGIN)
        assert (min(ys), max(ys)) == (MARGIN, HEIGHT - MARGIN)

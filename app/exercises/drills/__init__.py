"""Programs to be asked about, made by the hundred thousand from a kind, a level and a seed."""

from app.exercises.drills.kinds import KINDS, drill

__all__ = ["KINDS", "drill"]

"""Work whose rehearsal fails, so that no child is ever ready."""

from app.sandbox.zygote.jobs import Jobs


def _fail() -> None:
    raise MemoryError("by design")


JOBS = Jobs(kinds={}, warm_up=lambda: None, warm_child=_fail)

"""The kinds of drills, and the making of one."""

import ast
from collections.abc import Callable, Mapping, Sequence
from random import Random

from app.errors import N_
from app.exercises.asking import questions
from app.exercises.drills import endings, links
from app.exercises.drills.broadcast import broadcast
from app.exercises.drills.draft import Draft
from app.exercises.drills.links import BRANCH, CHAIN, DETACH, OTHERS, PLAIN, REUSE, Link
from app.protocol.exercises import MAX_LEVEL, Drill, DrillKind

MOST = 100
"""No number of a drill is larger."""
TRIES = 1_000
"""Drafts made before giving up; in fact a few are enough."""
Maker = Callable[[Draft], None]


def follow(draft: Draft, chain: Sequence[Link]) -> None:
    """Start at a leaf and go on link by link."""
    draft.leaf("x", draft.pick(1, 2, 3))
    for link in chain:
        link(draft)


def chosen(draft: Draft, count: int, pool: Sequence[Link]) -> list[Link]:
    """Some links of a pool."""
    return [draft.rng.choice(pool) for _ in range(count)]


def chain(draft: Draft) -> None:
    """One way back; from level 3 on with a square, from level 4 on with a second leaf."""
    steps = chosen(draft, draft.level + 1, PLAIN)
    if draft.level >= 3:
        steps[draft.rng.randrange(len(steps))] = links.square
    if draft.level >= 4:
        steps.insert(draft.rng.randrange(len(steps)), links.weight)
    follow(draft, steps)
    endings.once(draft)


def mostly(pool: Sequence[Link]) -> Maker:
    """Links of a pool among plain ones; more of them at higher levels."""

    def make(draft: Draft) -> None:
        count = 1 + draft.level // 3
        steps = [*chosen(draft, count, pool[: draft.level]), *chosen(draft, draft.level // 2, PLAIN)]
        draft.rng.shuffle(steps)
        follow(draft, steps)
        endings.once(draft)

    return make


def detach(draft: Draft) -> None:
    """Ways that are cut, beside a tensor that is not tracked; at the last level perhaps all of them."""
    steps = [
        *chosen(draft, 1 + draft.level // 3, DETACH[: draft.level]),
        *chosen(draft, draft.level // 2, PLAIN),
    ]
    draft.rng.shuffle(steps)
    if draft.level >= 2:
        steps.append(links.constant)
    follow(draft, steps)
    draft.rng.choice((endings.once, endings.cut_off) if draft.level == MAX_LEVEL else (endings.once,))(draft)


def accumulation(draft: Draft) -> None:
    """Several passes back."""
    follow(draft, chosen(draft, 1 + draft.level // 2, CHAIN if draft.level >= 2 else PLAIN))
    draft.rng.choice(endings.ACCUMULATION[draft.level - 1])(draft)


def mix(draft: Draft) -> None:
    """Anything with anything."""
    pools = (CHAIN, BRANCH, REUSE, DETACH, OTHERS)
    steps = [draft.rng.choice(draft.rng.choice(pools)) for _ in range(draft.level + 1)]
    follow(draft, steps)
    draft.rng.choice(endings.ANY if draft.level >= 2 else (endings.once,))(draft)


KINDS: Mapping[DrillKind, tuple[Maker, str, str]] = {
    "chain": (chain, N_("Chain"), N_("One operation after another: the slopes multiply.")),
    "branch": (mostly(BRANCH), N_("Branch"), N_("Two ways from one tensor: the slopes of both add up.")),
    "reuse": (mostly(REUSE), N_("Reuse"), N_("The same tensor more than once in one expression.")),
    "broadcast": (
        broadcast,
        N_("Broadcast"),
        N_("Tensors of different shapes: what was repeated forward is summed backward."),
    ),
    "accumulation": (
        accumulation,
        N_("Accumulation"),
        N_("Several backward() calls: gradients add up until they are zeroed."),
    ),
    "detach": (detach, N_("Detach"), N_("Ways that are cut, and tensors that are not tracked.")),
    "mix": (mix, N_("Mix"), N_("All of these together.")),
}
"""By kind, from the easiest on: what makes it, its name, and what it trains."""


def drill(kind: DrillKind, level: int, seed: int) -> Drill:
    """The drill of a kind, level and seed: always the same one."""
    rng = Random(f"{kind} {level} {seed}")
    maker = KINDS[kind][0]
    for _ in range(TRIES):
        draft = Draft(rng, level)
        maker(draft)
        if draft.largest <= MOST:
            break
    program = draft.program
    return Drill(kind=kind, level=level, seed=seed, program=program, questions=questions(ast.parse(program)))

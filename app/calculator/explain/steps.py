"""The playback as records: the lines that were kept, and within a `backward()` every node it reached."""

from collections.abc import Iterable, Mapping

from app.calculator.explain.figures import Figures, listed
from app.calculator.explain.passes import Pass
from app.calculator.explain.picture import Picture
from app.calculator.explain.playback import Line
from app.calculator.explain.recording import Recording
from app.protocol.explanation import Change, Step
from app.protocol.gradients import ProgramError

MAX_CHARACTERS = 100_000
"""Size of what is told: half from the beginning, half from the end."""
MAX_CHANGES = 16
"""Changes told of one line."""
STEP_SIZE = 120


def steps(recording: Recording, picture: Picture, error: ProgramError | None) -> list[Step]:
    """Everything that happened, in order; at the end the error, if there was one."""
    shown = {line: flow for line, (flow, _) in recording.flows.last.items()}
    told = [_told(line, picture, shown) for line in recording.playback.lines]
    where, skipped = next(iter(recording.playback.skipped.items()), (len(told), 0))
    beginning, end = told[:where], told[where:]
    if sum(map(_size, told)) > MAX_CHARACTERS:
        if not end:
            beginning, end = told[: where // 2], told[where // 2 :]
        kept = _within(beginning, MAX_CHARACTERS // 2), _within(reversed(end), MAX_CHARACTERS // 2)
        skipped += len(told) - len(kept[0]) - len(kept[1])
        beginning, end = kept[0], kept[1][::-1]
    result = [step for group in beginning for step in group]
    if skipped:
        result.append(Step(line=None, event="skipped", count=skipped))
    result += [step for group in end for step in group]
    if error is not None:
        result.append(Step(line=error.line, event="error"))
    return result


def _size(group: list[Step]) -> int:
    """Roughly, the characters a line and what it let flow take in a reply."""
    texts = [text for step in group for change in step.changed for text in (change.before, change.after)]
    texts += [step.grad for step in group]
    n_parts = sum(1 + len(step.changed) + len(step.made) / 10 for step in group)
    return int(STEP_SIZE * n_parts) + sum(len(text or "") for text in texts)


def _within(groups: Iterable[list[Step]], limit: int) -> list[list[Step]]:
    """As many of the groups as fit."""
    taken: list[list[Step]] = []
    for group in groups:
        limit -= _size(group)
        if limit < 0:
            break
        taken.append(group)
    return taken


def _told(line: Line, picture: Picture, shown: Mapping[int, Pass]) -> list[Step]:
    """The steps of a line: what it computed, the gradients that flowed, what it changed."""
    first, last = line.calls
    made = tuple(id_ for id_, vertex in picture.vertices.items() if first <= vertex.call <= last)
    flows = [step for flow in line.passes for step in _flow(flow, picture, shown.get(flow.line, flow))]
    told = {change.name for step in flows for change in step.changed}
    changes = [change for change in line.changes if change.what == "value" or change.name not in told]
    changed = tuple(
        Change(name=change.name, what=change.what, before=change.before, after=change.after)
        for change in changes[:MAX_CHANGES]
    )
    if flows:
        before = [Step(line=line.line, event="line", made=made)] if made else []
        after = [Step(line=line.line, event="line", changed=changed)] if changed else []
        steps = [*before, *flows, *after]
    else:
        steps = [Step(line=line.line, event="line", changed=changed, made=made)]
    return [*steps[:-1], steps[-1].model_copy(update={"printed": line.printed})]


def _flow(flow: Pass, picture: Picture, shown: Pass) -> list[Step]:
    """One backward pass: where it begins, then node by node.

    shown: the pass of the same line that the graph shows. In a loop that is the last one; where the rounds
    go through as many nodes, its nodes stand for theirs.
    """
    alike = len(flow.flows) == len(shown.flows)
    weights = listed((weight.text for weight in flow.weights if weight is not None), "; ")
    result = [Step(line=flow.line, event="backward", grad=weights, backward=flow.number)]
    for k, (number, gradients) in enumerate(flow.flows):
        vertex = picture.vertices.get(f"n{shown.flows[k][0] if alike else number}")
        changed: tuple[Change, ...] = ()
        if vertex is not None and number in flow.after:
            before, after = text_of(flow.before.get(number)), text_of(flow.after[number])
            if before != after:
                changed = (Change(name=vertex.symbol, what="grad", before=before, after=after),)
        result.append(
            Step(
                line=flow.line,
                event="node",
                changed=changed,
                node=None if vertex is None else vertex.id,
                grad=listed((figures.text for figures in gradients if figures is not None), "; "),
                backward=flow.number,
            )
        )
    return result


def text_of(figures: Figures | None) -> str | None:
    """A gradient as text; None stays None."""
    return None if figures is None else figures.text

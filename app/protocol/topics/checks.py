"""The check by nudging: why a gradient differs from the slope that is measured, or could not be checked."""

from collections.abc import Mapping

from app.errors import N_
from app.protocol.topics.topic import Topic

CHECKS: Mapping[str, Topic] = {
    "kink": Topic(
        N_(
            "The function has a corner here, as relu and abs have at 0. To the left the slope is {left},"
            " to the right {right}. The central difference takes the middle; torch has to choose one of"
            " the slopes in between, and takes {autograd}."
        ),
        N_("Both are right. Move the value a little off the corner, and they agree."),
    ),
    "jump": Topic(
        N_(
            "The function jumps here, as rounding and comparisons do. A slope measured across a jump is as"
            " large as one likes; autograd differentiates what is on either side."
        ),
        N_("Move the value off the jump, and they agree."),
    ),
    "cut_off": Topic(
        N_(
            "Part of what {name} does goes through a cut: detach(), .data, torch.no_grad() or a copy. Moving"
            " {name} moves that part as well, but autograd takes it as a constant."
        ),
        N_("If the cut is meant, autograd's number is the right one. If not, remove it."),
    ),
    "changed_after_use": Topic(
        N_(
            "{name} was changed after something had been computed from it, in a way torch does not notice"
            " (.data). The derivative was worked out with the new value, and belongs to neither."
        ),
        N_(
            "Change it before it is used, or after backward(), and under torch.no_grad() rather than by"
            " .data."
        ),
    ),
    "changed_on_the_way": Topic(
        N_(
            "The slope of the function is another one. Something besides the chain rule made the gradient,"
            " such as a hook that changes it or a backward() of the program's own."
        ),
        N_("Check the formula in the hook or in the Function's backward."),
    ),
    "random": Topic(
        N_(
            "The check computes with more digits (float64), and there the program draws other random"
            " numbers, so the two cannot be compared."
        ),
        N_(
            "Leave out the randomness (such as dropout), or draw the numbers once with torch.rand or"
            " torch.randn."
        ),
    ),
    "differs_in_float64": Topic(
        N_(
            "Computed with more digits (float64), the program comes to other values, so its slope says"
            " nothing."
        ),
        N_("Take fewer or smaller steps, or compute in float64 from the start."),
    ),
    "undefined": Topic(
        N_("Moved a little, the result is infinite or no number at all: the function ends here."),
        N_("Move the value to where the function has values on both sides."),
    ),
    "another_way": Topic(
        N_(
            "Moved a little, {name} makes the program take another way (an if, a loop, a comparison), and"
            " that is another function."
        ),
        N_("Move the value away from the border between the two."),
    ),
    "low_precision": Topic(
        N_(
            "The program converts to float32 or less on the way. That leaves too few digits to measure a"
            " slope."
        ),
        N_("Leave out the conversion, or convert to float64."),
    ),
    "stopped": Topic(
        N_("Run again for the check, the program stopped with an error before it reached this backward()."),
        N_("Look for what depends on the type of the numbers: the check computes in float64."),
    ),
    "too_long": Topic(
        N_("Running the program again and again would take too long here."),
        N_("Check a shorter program: fewer steps, smaller tensors."),
    ),
    "not_found": Topic(
        N_("This tensor came about in a way that cannot be followed when the program runs again."),
        N_("Create it with torch.tensor(..., requires_grad=True), and give it a name."),
    ),
}

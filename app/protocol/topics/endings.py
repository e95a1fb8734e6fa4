"""How training runs end, and what to change."""

from collections.abc import Mapping

from app.errors import N_
from app.protocol.topics.topic import Topic

ENDINGS: Mapping[str, Topic] = {
    "max_steps_reached": Topic(
        N_(
            "The run has taken the {max_steps} {max_steps:step|steps} it was to take. The loss went"
            " from {first} to {last}."
        ),
        N_("To train on, raise max_steps."),
    ),
    "stop_loss_reached": Topic(
        N_("At step {step} the loss was {last}, no more than stop_loss = {stop_loss}: the goal is reached."),
        N_("To train on, lower stop_loss or leave it out."),
    ),
    "accumulating_gradients": Topic(
        N_(
            "Without zero_grad(), every backward() adds to the gradients of all steps before. The sum still"
            " pushes where earlier steps pointed, so the parameters run past the minimum and back: the loss"
            " swings, or grows without end. With a constant lr this is SGD with momentum 1. Here the loss"
            " was {least} at best and {last} at step {step}."
        ),
        N_("Switch optimizer.zero_grad() on and reset."),
    ),
    "accumulating_at_high_lr": Topic(
        N_(
            "Without zero_grad(), every backward() adds to the gradients of all steps before, and the steps"
            " grow. And lr = {lr} is too high even without that: the loss went from {first} to {last} in"
            " {step} {step:step|steps}."
        ),
        N_("Switch optimizer.zero_grad() on, lower lr to {new_lr}, and reset."),
    ),
    "lr_above_limit": Topic(
        N_(
            "A step moves the parameters by lr times the slope. In its steepest direction this loss bends"
            " like a parabola of curvature {curvature}, and on such a parabola every step lands farther from"
            " the bottom than it began when lr is above 2 / curvature = {limit}. Here lr is {lr}, and the"
            " loss went from {first} to {last} in {step} {step:step|steps}."
        ),
        N_("Lower lr to {new_lr}, below that limit, and reset."),
    ),
    "lr_too_high": Topic(
        N_(
            "The steps are longer than the slope holds: they lead to places where the loss is higher. It"
            " went from {first} to {last} in {step} {step:step|steps} with lr = {lr}."
        ),
        N_("Lower lr to {new_lr} and reset."),
    ),
    "lr_too_high_adaptive": Topic(
        N_(
            "{optimizer} divides each gradient by its usual size, so a step moves every parameter by about"
            " lr = {lr}, however flat the loss is there. That is too far: the loss went from {first} to"
            " {last} in {step} {step:step|steps}."
        ),
        N_("Lower lr to {new_lr} and reset."),
    ),
    "momentum_too_high": Topic(
        N_(
            "With momentum = {momentum} a step repeats most of the steps before it. They add up faster than"
            " the slope can turn them round: the loss went from {first} to {last} in {step}"
            " {step:step|steps}."
        ),
        N_("Leave momentum out, or lower it, and reset. Without it the same lr works."),
    ),
    "weight_decay_too_high": Topic(
        N_(
            "weight_decay = {weight_decay} pulls every weight towards 0. Times lr = {lr}, each step pulls by"
            " {pull} times the weight, which with the slope of the loss is past 0 and out the other side:"
            " the loss went from {first} to {last} in {step} {step:step|steps}."
        ),
        N_("Leave weight_decay out, or lower it, and reset."),
    ),
    "scheduler_raises_lr": Topic(
        N_(
            "The scheduler {scheduler} has raised the learning rate from {lr} to {lr_now}, and that is too"
            " high: the loss was {least} at best and {last} at step {step}."
        ),
        N_("Leave the scheduler out, or take one that lowers the learning rate, and reset."),
    ),
    "large_initial_weights": Topic(
        N_(
            "With {init} the weights begin large. The layers multiply them, so the first loss is {first},"
            " and its slopes are so large that a step with lr = {lr} goes much too far."
        ),
        N_("Take torch's own initialisation, which is made for the layer's size: init = default."),
    ),
    "edited_by_hand": Topic(
        N_(
            "A parameter was changed by hand at step {edited}. From there the loss went to {last} at step"
            " {step}; the same settings train well from the initial weights."
        ),
        N_("Reset the run."),
    ),
    "diverged": Topic(
        N_(
            "At step {step} the loss was {last}. It began at {first}, and is not going to come back from"
            " there."
        ),
        N_("Lower lr, or make the values of the data smaller, and reset."),
    ),
    "broken_down": Topic(
        N_(
            "The server made a mistake with this run ({error}) and has ended it, so that the others go on. It"
            " is written down in the server's log."
        ),
        N_("Reset the run. If it happens again, change its settings, and tell whoever keeps the server."),
    ),
    "strayed": Topic(
        N_(
            "The trainer had to be replaced, and this run was trained again from its beginning. It came out"
            " differently: it is so sensitive that the last bits of its numbers decide, and these depend on"
            " how many runs train together. Where it stood cannot be reached again."
        ),
        N_("Reset the run. With a lower lr or less momentum it would be less sensitive."),
    ),
    "set_aside": Topic(
        N_(
            "The trainer ended twice while it worked on this run. The run is set aside, so that the others go"
            " on."
        ),
        N_("Change the settings of the run and reset it."),
    ),
    "dead_from_the_start": Topic(
        N_(
            "All units of {layer} are dead, and were so with the initial weights: for every x of the data"
            " they get a value below 0, where ReLU gives 0 and has slope 0. No gradient passes through, so"
            " their weights cannot learn, and the curve stays flat."
        ),
        N_("Take another seed, or an activation that has a slope everywhere, such as LeakyReLU."),
    ),
    "died_on_the_way": Topic(
        N_(
            "All units of {layer} have died: steps that went too far have brought them to where they get a"
            " value below 0 for every x of the data. There ReLU gives 0 and has slope 0, no gradient passes"
            " through, and nothing brings them back. The curve is flat."
        ),
        N_("Lower lr to {new_lr} and reset."),
    ),
    "no_backward": Topic(
        N_(
            "loss.backward() is switched off. Nothing computes gradients, so optimizer.step() has none to"
            " follow."
        ),
        N_("Switch loss.backward() on and reset."),
    ),
    "no_step": Topic(
        N_(
            "optimizer.step() is switched off. The gradients are computed, but nothing uses them to change"
            " the parameters."
        ),
        N_("Switch optimizer.step() on and reset."),
    ),
    "line_left_out": Topic(
        N_("No line has made {name} when it is needed: the one that does is switched off."),
        N_("Switch that line of the loop on and reset."),
    ),
    "graph_used_twice": Topic(
        N_(
            "A line is switched off that would make a new loss in every step. So backward() goes through the"
            " graph of an earlier step again, and torch has freed what it held."
        ),
        N_("Switch prediction = net(x) and loss = loss_func(prediction, y) on, and reset."),
    ),
}
"""Named by `app.training.diagnosis`, which also fills in their fields."""

SET_ASIDE = frozenset({"broken_down", "strayed", "set_aside"})
"""Topics of runs that the server had to end."""
BEGUN_ANEW = frozenset({"strayed", "set_aside"})
"""Those of them that stand at step 0."""

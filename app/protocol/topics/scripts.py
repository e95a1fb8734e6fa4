"""What of a training script no run has, and what a run made of one has in another way."""

from collections.abc import Mapping

from app.errors import N_

REASONS: Mapping[str, str] = {
    "other_steps": N_(
        "The losses of a run with these settings are not the script's, to the last bit: from step {step} on"
        " they differ ({ours}, and {theirs} in the script)."
    ),
    "no_backward": N_("The script never calls backward(): there is no training loop that could be a run."),
    "too_long": N_(
        "The script takes too long, or too much memory, before its first {steps} {steps:step is|steps are}"
        " over."
    ),
    "crashed": N_("The script crashed the process that ran it."),
    "fails": N_("The script fails before its first {steps} {steps:step is|steps are} over: {error}."),
    "unreadable": N_("What the script does in its first steps cannot be read."),
    "several_optimizers": N_(
        "The script trains with {n} {n:optimizer|optimizers} at once. A run has one network and one."
    ),
    "no_optimizer": N_(
        "The script has no optimizer of torch's that takes steps; it changes its parameters itself. A run's"
        " parameters are changed by SGD, Adam, AdamW, RMSprop or Adagrad."
    ),
    "other_optimizer": N_("A run has no optimizer {name}; it has SGD, Adam, AdamW, RMSprop or Adagrad."),
    "closure": N_("The optimizer's step() is given a function that computes the loss again. A run's is not."),
    "optimizer_setting": N_("A run's {name} has no {setting} = {value}."),
    "groups": N_(
        "The optimizer has {n} {n:group|groups} of parameters, each with settings of its own. A run's has"
        " one."
    ),
    "other_parameters": N_("The optimizer is given other parameters than those of the network, or not all."),
    "by_hand": N_(
        "Between two steps the parameters are changed by something else than the optimizer. In a run"
        " nothing else changes them."
    ),
    "clipped": N_(
        "Between backward() and the optimizer's step the gradients are changed, for example clipped. A run"
        " takes them as they are."
    ),
    "accumulated": N_(
        "The gradients of some steps are added up and those of others are not. In a run zero_grad() stands"
        " in every step or in none."
    ),
    "order": N_("The lines of the loop come in another order than in a run: {order}."),
    "lr_by_hand": N_("The learning rate is changed while the script trains, and not by a scheduler."),
    "other_scheduler": N_(
        "A run has no scheduler {name}; it has StepLR, MultiStepLR, ExponentialLR, CosineAnnealingLR and"
        " LinearLR."
    ),
    "several_schedulers": N_("The script has {n} {n:scheduler|schedulers}. A run has one at most."),
    "scheduler_steps": N_(
        "The scheduler {name} does not step once after each step of the optimizer, as in a run."
    ),
    "no_loss": N_("What backward() begins from was made by none of torch's calls."),
    "other_loss": N_(
        "A run's loss compares the prediction with y by MSELoss, L1Loss, SmoothL1Loss, HuberLoss,"
        " CrossEntropyLoss or BCEWithLogitsLoss, with torch's own settings. This one is made by {call}()."
    ),
    "more_than_a_loss": N_(
        "The loss is more than {call}() of the prediction and y: a run has nothing added."
    ),
    "classes": N_(
        "The loss {call}() tells classes apart in another way than a run: by CrossEntropyLoss, or"
        " BCEWithLogitsLoss, which take what the last layer gives."
    ),
    "labels": N_(
        "The targets have the shape {y} and are {dtype}. A run's classes are whole numbers from 0, Long [n],"
        " for CrossEntropyLoss, and 0.0 or 1.0 for BCEWithLogitsLoss."
    ),
    "no_layer": N_("The prediction does not come out of layers: a run's network has Linear layers."),
    "not_a_layer": N_(
        "A run's network is Linear layers one after the other, with one activation between them. This one"
        " calls {call}() as well."
    ),
    "no_bias": N_("There is a layer without a bias. A run's layers have one each."),
    "weights_computed": N_("The weights of a layer are computed from other numbers. A run's are parameters."),
    "other_activation": N_(
        "{call}() stands where a run has no activation, or is told something else than torch's own settings."
    ),
    "activations": N_("The activations between the layers differ: {names}. A run has the same everywhere."),
    "last_activation": N_("There is an activation, {name}, after the last layer. In a run there is none."),
    "inputs": N_("The network has {n} {n:input|inputs}. A run's has one or two."),
    "outputs": N_(
        "The network has {n} {n:output|outputs}. A run's has one; with CrossEntropyLoss one for each of 2 to"
        " 6 classes."
    ),
    "shapes": N_("The prediction has the shape {prediction} and y {y}: a run compares each with its own."),
    "dtype": N_("The numbers are {dtype}. A run's are torch.float32."),
    "not_finite": N_("Some of the points, or the first loss, are no numbers."),
    "other_batches": N_(
        "Each step takes other points, in an order that no run has: a run takes all of them, or"
        " mini-batches in their order, by torch.randperm, or by a DataLoader."
    ),
    "setting": N_("{field}: {message}"),
}
"""Why a script is no run. Each text with its fields."""

NOTES: Mapping[str, str] = {
    "no_device": N_("There is no {device} here: the script was observed, and the run computes, on the CPU."),
    "no_seed": N_("No seed is set here; the run takes 0."),
    "no_end": N_("How many steps the script takes cannot be told from its loop; the run takes {steps}."),
    "too_many_steps": N_("The script takes {steps} {steps:step|steps}; the run stops at {most}."),
    "ends_early": N_("The script may end its loop early; the run goes on to max_steps, or to a stop_loss."),
    "scheduler_unused": N_("The scheduler {name} takes no step, so the run has none."),
}
"""What a run made of a script has in another way."""

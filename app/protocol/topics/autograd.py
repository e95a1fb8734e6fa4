"""Gradients: what backward() needs, what it frees, and which tensors keep .grad."""

from collections.abc import Mapping

from app.errors import N_
from app.protocol.topics.topic import Topic

AUTOGRAD: Mapping[str, Topic] = {
    "backward_non_scalar": Topic(
        N_(
            "A gradient is the slope of one number, and this tensor holds several. torch does not guess how"
            " much each of them counts."
        ),
        N_(
            "Make one number first, for example out.sum().backward() or out.mean().backward(). Or give the"
            " weights: out.backward(gradient=torch.ones_like(out)) differentiates"
            " L = (out * gradient).sum()."
        ),
        (r"grad can be implicitly created only for scalar outputs",),
    ),
    "gradient_shape": Topic(
        N_(
            "gradient holds one weight for each number of the output, so both need the same shape. The"
            " weights have shape {given}, the output has shape {expected}."
        ),
        N_("Give weights of shape {expected}, for example gradient=torch.ones_like(out)."),
        (
            (
                r"Mismatch in shape: grad_output\[\d+\] has a shape of torch\.Size\((?P<given>\[[\d, ]*\])\)"
                r" and output\[\d+\] has a shape of torch\.Size\((?P<expected>\[[\d, ]*\])\)"
            ),
        ),
    ),
    "gradient_not_a_tensor": Topic(
        N_("The weights given to backward() must be a tensor, and this is of type {given}."),
        N_("Wrap them: gradient=torch.tensor([1.0, 2.0])."),
        (r"gradients can be either Tensors or None, but got (?P<given>\w+)",),
    ),
    "state_of_last_round": Topic(
        N_(
            "{name} still leads back into the graph of the round before: line {line} computes it from its"
            " own earlier value. This round's backward() goes on into that graph, whose values were freed."
        ),
        N_(
            "Cut it off at the beginning of each round: {name} = {name}.detach(). Where only its value is"
            " wanted, as in a sum that is printed, add loss.item() instead of the loss."
        ),
    ),
    "made_once_outside": Topic(
        N_(
            "{name} was computed once, at line {line}, from tracked tensors. Each backward() leads back"
            " through that one graph, and the first of them has freed its values."
        ),
        N_(
            "If {name} is data, such as the targets, nothing needs to flow into it: {name} ="
            " {name}.detach(), or make it under with torch.no_grad():. If what it is made from shall learn,"
            " compute it anew in each round."
        ),
    ),
    "backward_twice": Topic(
        N_(
            "To save memory, backward() frees the values it kept from the forward pass as it goes. A second"
            " backward() through the same operations finds them gone."
        ),
        N_(
            "Compute the output again before the second backward(). Or keep the values, with"
            " backward(retain_graph=True) the first time."
        ),
        (r"Trying to backward through the graph a second time",),
    ),
    "nothing_requires_grad": Topic(
        N_(
            "There is nothing to differentiate: no tensor this result was computed from has"
            " requires_grad=True, or detach(), .data, torch.no_grad() or a step without a derivative (such"
            " as argmax or a comparison) cut the connection."
        ),
        N_(
            "Create the input with requires_grad=True, and look in the graph for the cut between it and the"
            " output."
        ),
        (r"element \d+ of tensors does not require grad and does not have a grad_fn",),
    ),
    "made_of_numbers": Topic(
        N_(
            "Line {line} takes a plain number out of a tensor. torch does not follow plain numbers: what is"
            " computed from them leads back to nothing, and a new tensor made of them does not either."
        ),
        N_(
            "Compute with the tensors themselves, such as total = total + loss, and take numbers out with"
            " item() only to print them."
        ),
    ),
    "constant_derivative": Topic(
        N_(
            "The first derivative is a constant here: no tracked tensor is left in it. torch cannot"
            " differentiate a constant, although its derivative is simply 0."
        ),
        N_(
            "Take 0 where it does not require grad: second = torch.zeros_like(x) if not first.requires_grad"
            " else torch.autograd.grad(first, x)[0]."
        ),
    ),
    "derivative_without_graph": Topic(
        N_(
            "The first derivative was computed without create_graph=True, so torch has kept only its value"
            " and not how it came about."
        ),
        N_("Ask for it with torch.autograd.grad(y, x, create_graph=True)."),
    ),
    "assigned_without_tracking": Topic(
        N_(
            "Line {line} gives the name {name} to a new tensor, made under torch.no_grad(): that one is not"
            " tracked. The leaf that had the name is gone, and nothing leads back to it."
        ),
        N_("Change the leaf in place: with torch.no_grad(): {name} -= lr * {name}.grad."),
    ),
    "made_to_require_grad": Topic(
        N_(
            "requires_grad=True silences torch's error, but connects nothing: {name} was computed at line"
            " {line} without a graph. backward() begins and ends at {name} itself, and no parameter learns"
            " from it."
        ),
        N_("Find the cut instead: torch.no_grad(), detach(), .data or .item() before that line."),
    ),
    "integer_leaf": Topic(
        N_("Whole numbers cannot move a little, so they have no slope: only floating point tensors can."),
        N_("Write the numbers with a decimal point (2.0 instead of 2), or pass dtype=torch.float32."),
        (r"[Oo]nly Tensors of floating point (and complex )?dtype can require gradients",),
    ),
    "inplace_on_leaf": Topic(
        N_(
            "This changes a leaf, the very tensor the gradient is asked for, in place. Its old value would"
            " be lost, and torch could no longer say what the gradient belongs to."
        ),
        N_(
            "To update a parameter, do it inside with torch.no_grad():. Otherwise make a new tensor:"
            " y = x + 1 instead of x += 1."
        ),
        (r"a (view of a )?leaf Variable that requires grad is being used in an in-place operation",),
    ),
    "inplace_on_saved": Topic(
        N_(
            "The derivative of an earlier operation needs a value that was changed in place afterwards:"
            " torch counted version {found} where it had kept version {kept}."
        ),
        N_(
            "Use the form that makes a new tensor (y = y + 1 instead of y += 1 or y.add_(1)), or change the"
            " tensor only after backward()."
        ),
        (
            (
                r"modified by an inplace operation: .* is at version (?P<found>\d+); expected version"
                r" (?P<kept>\d+)"
            ),
        ),
    ),
    "changed_after_use": Topic(
        N_(
            "The derivative of an earlier operation needs a value that line {line} has changed in place"
            " since: torch counted version {found} where it had kept version {kept}."
        ),
        N_(
            "Let line {line} make a new tensor (y = y + 1 instead of y += 1 or y.add_(1)), or change it only"
            " after backward()."
        ),
    ),
    "grad_used_further": Topic(
        N_(
            "The backward() of line {line} adds to a .grad in place, and the program has computed with that"
            " very tensor: an operation has kept its value of before."
        ),
        N_("Compute with a copy: x.grad.clone()."),
    ),
    "step_before_backward": Topic(
        N_(
            "Line {line} is an optimizer's step: it changed the weights in place. This backward() belongs to"
            " a loss that was computed with the weights of before, and needs their values."
        ),
        N_(
            "Compute the loss again after that step; or call all backward() first and the steps after them,"
            " if both may use the same gradients."
        ),
    ),
    "inplace_on_one_of_many": Topic(
        N_(
            "This tensor is one of several views that a single operation returned, and changing one in"
            " place would change what the others were computed from."
        ),
        N_("Make a new tensor instead: a = a + 1 in place of a += 1, or a.clone() first."),
        (r"This view is the output of a function that returns multiple views",),
    ),
    "grad_of_non_leaf": Topic(
        N_(
            "This tensor is the result of an operation, not a leaf. The gradient flows through it, but"
            " torch keeps .grad only at leaves, so here it is None."
        ),
        N_("Call retain_grad() on it before backward(), or read .grad of the leaf it was computed from."),
        (r"The \.grad attribute of a Tensor that is not a leaf Tensor is being accessed",),
    ),
    "update_makes_non_leaf": Topic(
        N_(
            "{name} is no longer the leaf it was: a line such as {name} = {name} - lr * {name}.grad makes a"
            " new tensor, the result of an operation, and gives it the old name. backward() fills .grad of"
            " leaves only, so {name}.grad is None."
        ),
        N_("Change the leaf itself: with torch.no_grad(): {name} -= lr * {name}.grad."),
    ),
    "leaf_replaced": Topic(
        N_(
            "Line {line} gives the name {name} to a new tensor, the result of an operation. backward() fills"
            " .grad of leaves only: that of the tensor which had this name before."
        ),
        N_("Give the result another name, or make it the leaf: {name} = ....detach().requires_grad_()."),
    ),
    "copy_of_a_leaf": Topic(
        N_(
            "requires_grad=True made a leaf, but to(), view(), double() or the like has made a new tensor"
            " from it at once. {name} is that result; the leaf itself has no name."
        ),
        N_("Switch tracking on at the end: {name} = torch.ones(2).to(device).requires_grad_()."),
    ),
    "grad_was_cleared": Topic(
        N_(
            "Line {line} has set .grad to None: that is what zero_grad() does. In torch before 2.0 it put 0"
            " there, and some tutorials still read it afterwards."
        ),
        N_("Read .grad before zero_grad(), or keep zeros: zero_grad(set_to_none=False)."),
    ),
    "retain_grad_untracked": Topic(
        N_("This tensor is not tracked, so no gradient will come to it that could be kept."),
        N_("Create what it is computed from with requires_grad=True."),
        (r"can't retain_grad on Tensor that has requires_grad=False",),
    ),
    "grad_is_none": Topic(
        N_(
            "The value is None. For .grad this means that no gradient has arrived yet: backward() has not"
            " run, the tensor does not require grad, it is not a leaf, or the gradient was set to None."
        ),
        N_(
            "Call backward() first, on a result computed from this tensor. To clear gradients that may not"
            " exist yet, write if x.grad is not None: x.grad.zero_(), or use optimizer.zero_grad()."
        ),
        (
            r"'NoneType' object has no attribute",
            r"unsupported operand type\(s\) for .*'NoneType'",
            r"argument '\w+' \(position \d+\) must be Tensor, not NoneType",
            r"'NoneType' object is not subscriptable",
        ),
    ),
    "not_in_the_graph": Topic(
        N_(
            "The gradient was asked for a tensor that the output was not computed from, so no path leads to"
            " it."
        ),
        N_(
            "Ask for a tensor that took part in the computation: the same object, not a copy or a newly"
            " computed one. With allow_unused=True the answer is None instead of an error."
        ),
        (r"appears to not have been used in the graph",),
    ),
    "requires_grad_of_non_leaf": Topic(
        N_(
            "Whether the result of an operation is tracked follows from its inputs; only a leaf's"
            " requires_grad can be switched."
        ),
        N_("Use y.detach() for the same values without tracking."),
        (r"you can only change requires_grad flags of leaf variables",),
    ),
    "numpy_on_tracked": Topic(
        N_("NumPy knows nothing of gradients, so torch will not hand over a tensor that it is tracking."),
        N_("Write x.detach().numpy(): the same numbers, without the tracking."),
        (r"Can't call numpy\(\) on Tensor that requires grad",),
    ),
    "number_has_no_grad": Topic(
        N_(
            "This is a plain Python {given}, not a tensor. item(), float() and tolist() give plain numbers,"
            " and with them the connection to the graph ends."
        ),
        N_("Keep the tensor: call backward() on the loss itself, and item() only to print it."),
        (
            (
                r"'(?P<given>float|int|bool|list)' object has no attribute"
                r" '(backward|grad|detach|requires_grad_?|retain_grad|grad_fn|is_leaf)'"
            ),
        ),
    ),
    "number_from_tracked": Topic(
        N_("The plain number leaves the graph: no gradient will flow back through it."),
        N_("Keep computing with tensors (torch.exp instead of math.exp), or write x.detach() or x.item()."),
        (r"Converting a tensor with requires_grad=True to a scalar",),
    ),
    "copied_from_tensor": Topic(
        N_("torch.tensor(x) copies the numbers only. The copy is a new leaf that does not lead back to x."),
        N_("Write x.clone() to stay connected, or x.detach().clone() to say that a cut is meant."),
        (r"To copy construct from a tensor, it is recommended to use",),
    ),
    "create_graph_cycle": Topic(
        N_(
            "With create_graph=True the gradient has a graph of its own, which leads back to the leaf that"
            " holds it. Each keeps the other in memory."
        ),
        N_("For second derivatives, torch.autograd.grad(y, x, create_graph=True) avoids this."),
        (r"Using backward\(\) with create_graph=True will create a reference cycle",),
    ),
}

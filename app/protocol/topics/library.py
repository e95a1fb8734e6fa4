"""The library's calls: misspelt, renamed, or made of classes that were never instantiated."""

from collections.abc import Mapping

from app.errors import N_
from app.protocol.topics.topic import Topic

LIBRARY: Mapping[str, Topic] = {
    "class_called_with_data": Topic(
        N_(
            "{name} is a class: {name}(...) makes a layer or a loss and takes its settings. What was meant"
            " as data was taken for a setting, and nothing has been computed from it."
        ),
        N_("Make it first, then call it with the data: {name}()(...)."),
    ),
    "layer_instead_of_tensor": Topic(
        N_(
            "An object of the class {given} was given where a tensor is needed: the layer itself, not what it"
            " computes. {given}(x) only makes a layer."
        ),
        N_("Call the layer with the data: {given}()(x), or layer(x) for one that was made before."),
        (
            r"argument '\w+' \(position \d+\) must be Tensor, not (?!NoneType)(?P<given>[A-Z]\w*)",
            (
                r"unsupported operand type\(s\) for [^:]+:"
                r" '(?P<given>[A-Z]\w*(?:LU|Linear|Loss|Sigmoid|Tanh|max))'"
            ),
        ),
    ),
    "takes_no_data": Topic(
        N_(
            "{name}(...) makes the layer and takes its settings, of which it has fewer than were given. Data"
            " goes into the layer that it makes."
        ),
        N_("Make it first, then call it with the data: {name}()(x)."),
        (r"^(?P<name>Sigmoid|Tanh|LogSigmoid|Softsign|Tanhshrink)\.__init__\(\) takes \d+ positional",),
    ),
    "returns_nothing": Topic(
        N_(
            "{name} returns nothing, which in Python is None: its code comes to its end without a return."
            " So what it computed is lost."
        ),
        N_("End it with return and what it computed, such as return x."),
    ),
    "misspelt": Topic(
        N_("There is no {name} here. The name nearest to it is {meant}."),
        N_("If that is meant, write {meant}. Upper and lower case count."),
    ),
    "single_number_has_no_index": Topic(
        N_(
            "This tensor is a single number, of shape []: there is nothing to count in it. Old programs"
            " wrote loss.data[0], from a time when a loss had shape [1]."
        ),
        N_("Write loss.item() for the plain number."),
        (r"invalid index of a 0-dim tensor", r"iteration over a 0-d tensor", r"len\(\) of a 0-d tensor"),
    ),
    "old_keyword": Topic(
        N_("retain_variables is the old name, of before 2017, of what is called retain_graph now."),
        N_("Write retain_graph=True."),
        (r"got an unexpected keyword argument 'retain_variables'",),
    ),
    "unknown_keyword": Topic(
        N_("The function that is called here takes no argument named {name}."),
        N_("Check the spelling. help() of the function prints the names that it takes."),
        (r"got an unexpected keyword argument '(?P<name>\w+)'",),
    ),
    "old_constructor": Topic(
        N_(
            "torch.Tensor and torch.FloatTensor are old constructors: they know neither requires_grad= nor"
            " dtype=."
        ),
        N_("Write torch.tensor([1., 2.], requires_grad=True), or torch.Tensor([1., 2.]).requires_grad_()."),
        (r"new\(\) received an invalid combination of arguments - got \([^)]*(requires_grad|dtype)=",),
    ),
    "metric_is_missing": Topic(
        N_(
            "ReduceLROnPlateau looks at a number, and lowers lr once that no longer falls. It was given none."
        ),
        N_("Give it the loss that it is to look at: scheduler.step(loss)."),
        (r"step\(\) missing 1 required positional argument: 'metrics'",),
    ),
    "nan_on_the_way_back": Topic(
        N_(
            "Anomaly detection found what it was switched on for: the derivative of {function} came out as"
            " no number (nan). A square root or norm at 0, a logarithm of 0, or 0 times infinity does that,"
            " even where torch.where or a mask throws the value away afterwards."
        ),
        N_(
            "Keep the input away from that place before the operation: (x + 1e-8).sqrt(), x.clamp(min=1e-8),"
            " or torch.where on the input instead of on the result."
        ),
        (
            r"Function '(?P<function>\w+)' returned nan values in its \d+th output",
            r"^Error detected in (?P<function>\w+)\.",
        ),
    ),
    "gradcheck_failed": Topic(
        N_(
            "gradcheck measured the slopes of output {output} by input {input} (numerical) and compared them"
            " with what backward() gives (analytical): they differ. The formula in a Function's backward is"
            " wrong, part of the way is cut by detach() or .data, or the inputs are not float64."
        ),
        N_(
            "Compare the two tables row by row: where they differ by a factor, that factor is missing in the"
            " formula. Give inputs of dtype=torch.float64."
        ),
        (r"Jacobian mismatch for output (?P<output>\d+) with respect to input (?P<input>\d+)",),
    ),
    "vmap_in_place": Topic(
        N_(
            "Under vmap (and jacrev, jacfwd, hessian) a tensor stands for a whole batch. This writes such a"
            " batch in place into a tensor that has room for a single entry."
        ),
        N_("Make a new tensor instead of writing in place, for example with torch.stack or torch.cat."),
        (r"vmap: \w+.*is not possible because there exists a Tensor",),
    ),
    "vmap_needs_tensors": Topic(
        N_(
            "Under vmap a tensor stands for a whole batch, so it has no single value for item(), for an if"
            " or for a while."
        ),
        N_("Compute with tensors to the end, and choose between values with torch.where."),
        (r"vmap: It looks like you're (calling \.item|attempting to use a Tensor in some)",),
    ),
    "vmap_random": Topic(
        N_("vmap must be told whether each entry of the batch draws its own random numbers."),
        N_('Write vmap(f, randomness="different"), or "same" where all shall draw the same ones.'),
        (r"vmap: called random operation while in randomness error mode",),
    ),
    "vmap_sizes": Topic(
        N_("vmap goes through its inputs side by side, so they must be of one size in that dimension."),
        N_("Bring them to one size, or leave one out of the batch: in_dims=(0, None)."),
        (r"vmap: Expected all tensors to have the same size in the mapped dimension",),
    ),
    "vmap_slow": Topic(
        N_("vmap does this operation entry by entry, which is slow. The result is right."),
        N_("Leave it, or use another operation where time matters."),
        (r"There is a performance drop because we have not yet implemented the batching rule",),
    ),
    "hook_without_inputs": Topic(
        N_(
            "A full backward hook is told the gradients of the layer's inputs. None of these requires grad,"
            " so they are None in the hook; the gradients of the outputs are there."
        ),
        N_("Use grad_output in the hook, or give the first layer an input with requires_grad=True."),
        (r"Full backward hook is firing when gradients are computed with respect to module outputs",),
    ),
    "old_hook": Topic(
        N_(
            "register_backward_hook is old: for a layer made of several operations it is told the gradients"
            " of the last one only."
        ),
        N_("Use register_full_backward_hook."),
        (r"Using a non-full backward hook",),
    ),
    "old_reduction": Topic(
        N_(
            "size_average and reduce are old names. True for size_average is the mean over all numbers now,"
            " False the sum."
        ),
        N_('Write reduction="mean" or reduction="sum".'),
        (r"size_average and reduce args will be deprecated",),
    ),
    "volatile": Topic(
        N_("volatile has had no effect since 2018: what is computed here is recorded like everything else."),
        N_("Compute it under with torch.no_grad():."),
        (r"volatile was removed and now has no effect",),
    ),
    "deepcopy_of_a_result": Topic(
        N_(
            "copy.deepcopy copies leaves. This tensor, or one that the copied object holds, is the result of"
            " an operation, and its graph cannot be copied."
        ),
        N_("Copy y.detach(), or let the object keep its results with detach() before it is copied."),
        (r"Only Tensors created explicitly by the user \(graph leaves\) support the deepcopy protocol",),
    ),
    "number_of_gradients": Topic(
        N_(
            "The backward of a Function gives one gradient for each argument that its forward took after ctx,"
            " in their order. This one took {expected}, and gave {got}."
        ),
        N_("Return as many, with None for those that need no gradient: return grad_a, grad_b."),
        (r"returned an incorrect number of gradients \(expected (?P<expected>\d+), got (?P<got>\d+)\)",),
    ),
    "old_function": Topic(
        N_("A Function is not made and called like a layer. Old programs did so, of before 2018."),
        N_("Make its forward and backward @staticmethod, with ctx as the first, and call Square.apply(x)."),
        (r"Legacy autograd function with non-static forward method",),
    ),
    "view_made_untracked": Topic(
        N_(
            "This tensor is a view of another one, made under no_grad() or inference_mode(), and is changed"
            " in place where torch keeps track: torch cannot tell what that means for the other one."
        ),
        N_("Make the view where it is changed, or change a copy: v = x.view(3).clone()."),
        (r"A view was created in (?:no_grad|inference) mode and is being modified inplace",),
    ),
    "complex_backward": Topic(
        N_("The output is a complex number, and only of a real one it is plain which way is down."),
        N_("Make a real number of it first: z.abs().backward() or z.real.backward()."),
        (r"grad can be implicitly created only for real scalar outputs",),
    ),
    "grad_of_many": Topic(
        N_("torch.func.grad takes functions that give a single number, and this one gives several."),
        N_("Add them up in the function, or take jacrev, or vmap(grad(f)) for each input by itself."),
        (r"Expected f\(\*args\) to return a scalar Tensor",),
    ),
    "no_probabilities": Topic(
        N_("BCELoss takes probabilities between 0 and 1, and some of these numbers are outside."),
        N_("Take BCEWithLogitsLoss, or put the model's output through torch.sigmoid first."),
        (r"all elements of (?:input|target) should be between 0 and 1",),
    ),
    "class_out_of_bounds": Topic(
        N_(
            "A target is {target}, and the model gives fewer numbers than that: the classes are counted from"
            " 0, one number each."
        ),
        N_("Give the last layer as many outputs as there are classes, or let the targets begin at 0."),
        (r"Target (?P<target>-?\d+) is out of bounds",),
    ),
    "channels": Topic(
        N_("The layer was made for {wanted} channels, and the input of shape {shape} has {given}."),
        N_(
            "The shape is [batch, channels, height, width]. Make the layer for {given}: the first argument of"
            " Conv2d; or bring the channels to their place with x.permute(0, 3, 1, 2)."
        ),
        (
            (
                r"expected input(?P<shape>\[[\d, ]+\]) to have (?P<wanted>\d+) channels, but got"
                r" (?P<given>\d+) channels"
            ),
        ),
    ),
    "other_weights": Topic(
        N_("The weights that are loaded are those of another model: names or shapes are not the same."),
        N_("Make the model exactly as it was when its weights were saved, then load them."),
        (r"Error\(s\) in loading state_dict for",),
    ),
    "no_numbers_on_meta": Topic(
        N_("A tensor on the device meta has a shape and no numbers."),
        N_('Make it on the processor: device="cpu", or leave device out.'),
        (r"is not on the expected device meta", r"cannot be called on meta tensors"),
    ),
    "no_such_attribute": Topic(
        N_("{owner} has nothing called {name}."),
        N_(
            "Check the spelling and upper and lower case. An attribute of self must be assigned in __init__"
            " before it is used."
        ),
        (
            r"module '(?P<owner>[\w.]+)' has no attribute '(?P<name>\w+)'",
            r"(?:type object )?'(?P<owner>\w+)' (?:object )?has no attribute '(?P<name>\w+)'",
            r"cannot import name '(?P<name>\w+)' from '(?P<owner>[\w.]+)'",
        ),
    ),
}

"""The rest of a program: names, modules, optimizers."""

from collections.abc import Mapping

from app.errors import N_
from app.protocol.topics.topic import Topic

PROGRAMS: Mapping[str, Topic] = {
    "name_not_defined": Topic(
        N_("Nothing is called {name} at this line: it was never assigned, or only further down."),
        N_("Check the spelling and upper and lower case, or assign it before this line."),
        (
            r"name '(?P<name>\w+)' is not defined",
            r"cannot access local variable '(?P<name>\w+)' where it is not associated with a value",
        ),
    ),
    "optimizer_needs_leaves": Topic(
        N_("An optimizer changes leaves. This tensor is the result of an operation."),
        N_("Pass the leaf it came from, or make it a leaf: y.detach().requires_grad_()."),
        (r"can't optimize a non-leaf Tensor",),
    ),
    "optimizer_needs_a_list": Topic(
        N_("An optimizer takes a list of tensors, even for one."),
        N_("Write torch.optim.SGD([x], lr=0.1), or net.parameters() for a model."),
        (
            r"params argument given to the optimizer should be an iterable of Tensors",
            r"optimizer got an empty parameter list",
        ),
    ),
    "scheduler_before_optimizer": Topic(
        N_("The scheduler changed the learning rate before the optimizer used it even once."),
        N_("Call optimizer.step() first, then scheduler.step()."),
        (r"Detected call of `lr_scheduler\.step\(\)` before `optimizer\.step\(\)`",),
    ),
    "no_super_init": Topic(
        N_("torch.nn.Module must set itself up before it can hold layers and parameters."),
        N_("Make super().__init__() the first line of __init__."),
        (r"before Module\.__init__\(\) call",),
    ),
    "no_forward": Topic(
        N_("Calling a model runs its forward method, and this class has none, or spells it otherwise."),
        N_("Define def forward(self, x): inside the class, indented like __init__."),
        (r'is missing the required "forward" function',),
    ),
}

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
        (r"params argument given to the optimizer should be an iterable of Tensors",),
    ),
    "no_parameters": Topic(
        N_("The optimizer was given nothing to change: the list of parameters is empty."),
        N_(
            "Pass net.parameters() of a model whose layers are assigned to self, and a list or an iterator"
            " that was not used up before."
        ),
        (r"optimizer got an empty parameter list",),
    ),
    "layers_in_a_list": Topic(
        N_(
            "{name} is a plain Python list, where torch.nn.Module does not find the layers: they are not"
            " among the parameters()."
        ),
        N_("Make it a torch.nn.ModuleList: self.{name} = nn.ModuleList([...])."),
    ),
    "parameter_is_a_result": Topic(
        N_(
            "{name} is no nn.Parameter: to(), double(), an addition or the like came after nn.Parameter(...)"
            " and made a plain tensor of it, which is not among the parameters()."
        ),
        N_("Convert first: nn.Parameter(torch.randn(3, 2).to(device))."),
    ),
    "iterator_used_up": Topic(
        N_(
            "{name} is an iterator (of filter(), map() or parameters()): it can be gone through once, and"
            " that has happened before this line."
        ),
        N_("Keep a list instead: {name} = list(...)."),
    ),
    "scheduler_alone": Topic(
        N_(
            "{scheduler}.step() changes the learning rate, nothing else. {optimizer}.step() is never called,"
            " so the weights stay as they are."
        ),
        N_("Call {optimizer}.step() after backward(), then {scheduler}.step()."),
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
    "no_such_file": Topic(
        N_(
            "A program has no files here but those it writes itself: nothing of your computer or of the"
            " server is there."
        ),
        N_("Put the data into the program, for example as a list, or make it with torch.randn or linspace."),
        (r"\[Errno 2\] No such file or directory", r"^\S+ not found\.$"),
    ),
    "no_network": Topic(
        N_("A program has no network here: nothing can be downloaded or reached."),
        N_("Put the data into the program, for example as a list, or make it with torch.randn or linspace."),
        (
            r"<urlopen error",
            r"Name or service not known",
            r"Temporary failure in name resolution",
            r"Max retries exceeded with url",
        ),
    ),
    "no_threads": Topic(
        N_("A program is one thread here: it can start no other."),
        N_("Do one after the other what the threads were to do."),
        (r"can't start new thread",),
    ),
    "not_permitted": Topic(
        N_("This asks the system for a file, a connection or another process, and a program has none here."),
        N_("Leave this line out, or compute what it was to bring."),
        (r"Operation not permitted", r"\[Errno 13\] Permission denied"),
    ),
    "compiles_nothing": Topic(
        N_("Compiling writes machine code, which a program may not do here. It runs as it is instead."),
        N_("The numbers are the same, and here nothing gets slower by it: leave the line as it is."),
        (r"torch\.compile compiles nothing",),
    ),
    "module_not_here": Topic(
        N_(
            "{name} is not available here. What is: Python's standard library, torch, numpy, matplotlib and"
            " tqdm, and pandas and scikit-learn where the server has them."
        ),
        N_("Check the spelling, or write what you need of it into the program."),
        (r"No module named '(?P<name>[\w.]+)'",),
    ),
    "package_of_data": Topic(
        N_(
            "{name} is not available here. It brings data sets and trained networks, which are downloaded,"
            " and a program has no network here."
        ),
        N_(
            "Make data of the same shape: images such as torch.rand(64, 1, 28, 28), and labels such as"
            " torch.randint(0, 10, (64,)). The rest of the program stays as it is."
        ),
    ),
    "package_for_display": Topic(
        N_("{name} is not available here. It only shows or logs things, and no result depends on it."),
        N_(
            "Leave out its import and the lines that use it. print, matplotlib and tqdm are here, and the"
            " graph is drawn beside the program."
        ),
    ),
    "package_of_a_book": Topic(
        N_(
            "{name} is the package of a book or course, and is not available here. Most of what it does is a"
            " few lines of torch and matplotlib."
        ),
        N_(
            "Take the version of the chapter that is written from scratch, or write what you need of the"
            " package into the program: d2l.plot, for example, is plt.plot with labels."
        ),
    ),
    "package_of_the_network": Topic(
        N_("{name} is not available here, nor is the network that it needs: nothing can be downloaded."),
        N_("Put the data into the program, for example as a list, or make it with torch.randn or linspace."),
    ),
    "no_input": Topic(
        N_("Nobody can type while the program runs, so input() finds nothing to read."),
        N_("Assign the value instead, for example n = 3."),
        (r"EOF when reading a line",),
    ),
    "no_accelerator": Topic(
        N_("Programs are computed by the processor here: there is no GPU."),
        N_('Write device = "cuda" if torch.cuda.is_available() else "cpu", or leave .cuda() out.'),
        (
            r"Torch not compiled with CUDA enabled",
            r"Found no NVIDIA driver",
            r"not linked with support for mps",
        ),
    ),
    "left_out": Topic(
        N_("This line is for a notebook or a console, not for Python. The program ran without it."),
        N_("Take it out, or leave it: it does no harm."),
        (r"^Left out, for it is no Python",),
    ),
}

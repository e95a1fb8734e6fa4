"""Tensors: shapes, dtypes, sizes and indices that do not fit together."""

from collections.abc import Mapping

from app.errors import N_
from app.protocol.topics.topic import Topic

TENSORS: Mapping[str, Topic] = {
    "one_row_of_many": Topic(
        N_(
            "This multiplication takes rows of 1 number each, as that of a layer with in_features = 1. It was"
            " given one row of {n}: a tensor of shape [{n}] counts as a single sample with {n}"
            " {n:feature|features}."
        ),
        N_("Make each number a row of its own: x = torch.unsqueeze(x, dim=1) has shape [{n}, 1]."),
        (r"mat1 and mat2 shapes cannot be multiplied \((?P<first>1x(?P<n>\d+)) and (?P<second>1x\d+)\)",),
    ),
    "matmul_shapes": Topic(
        N_(
            "In a matrix product the columns of the first must equal the rows of the second. Here the first"
            " is {first} and the second {second}."
        ),
        N_(
            "Check which side needs transposing (.T), or the in_features of the layer. A single row or"
            " column of data may be missing a dimension: x.unsqueeze(dim=1) makes [100] into [100, 1]."
        ),
        (r"mat1 and mat2 shapes cannot be multiplied \((?P<first>\d+x\d+) and (?P<second>\d+x\d+)\)",),
    ),
    "sizes_do_not_match": Topic(
        N_(
            "Element by element, sizes must be equal, or one of them 1. In dimension {dim} they are {first}"
            " and {second}."
        ),
        N_(
            "Print the .shape of both. unsqueeze() adds a dimension of size 1, reshape() and .T rearrange,"
            " and indexing picks the part that fits."
        ),
        (
            (
                r"The size of tensor a \((?P<first>\d+)\) must match the size of tensor b \((?P<second>\d+)\)"
                r" at non-singleton dimension (?P<dim>\d+)"
            ),
        ),
    ),
    "target_size": Topic(
        N_(
            "The loss compares input and target element by element. The target has shape {target}, the"
            " input {input}: torch repeats both until they fit, so every prediction is compared with every"
            " target. The model then learns the mean, and the curve stays flat."
        ),
        N_("Give both the same shape, for example target.unsqueeze(dim=1) or prediction.squeeze(dim=1)."),
        (
            (
                r"Using a target size \(torch\.Size\((?P<target>\[[\d, ]*\])\)\) that is different to the"
                r" input size \(torch\.Size\((?P<input>\[[\d, ]*\])\)\)"
            ),
        ),
    ),
    "silent_broadcast": Topic(
        N_(
            "The difference of shapes {first} and {second} has shape {result}: torch repeats both until they"
            " fit, so every number of one meets every number of the other. No error and no warning says so."
            " A model trained on that learns the mean."
        ),
        N_("Give both the same shape: y.unsqueeze(dim=1), or out.squeeze(dim=1)."),
    ),
    "dtype_mismatch": Topic(
        N_("Both tensors of this operation need the same dtype. Here they are {first} and {second}."),
        N_(
            "Convert one of them: x.float(), x.double(), or y.to(x.dtype). A tensor made from whole numbers"
            " is an integer tensor until you write a decimal point."
        ),
        (
            r"must have the same dtype, but got (?P<first>\w+) and (?P<second>\w+)",
            r"to have the same dtype, but got: (?P<first>[\w ]+) != (?P<second>[\w ]+)",
            r"expected scalar type (?P<first>\w+) but found (?P<second>\w+)",
        ),
    ),
    "needs_floating_point": Topic(
        N_("This operation is not defined for whole numbers of type {given}."),
        N_("Convert first: x.float(), or write the numbers with a decimal point."),
        (
            r"Input dtype must be either a floating point or complex dtype\. Got: (?P<given>\w+)",
            r"not implemented for '(?P<given>Long|Int|Short|Char|Byte|Bool)'",
        ),
    ),
    "needs_a_tensor": Topic(
        N_("{function}() works on tensors, and this is a plain Python value of type {given}."),
        N_("Wrap the value: torch.tensor(2.0)."),
        (
            (
                r"^(?P<function>\w+)\(\): argument '\w+' \(position \d+\) must be Tensor, not"
                r" (?P<given>float|int|bool|list|tuple|str)"
            ),
        ),
    ),
    "several_values": Topic(
        N_("One Python number was asked for, and the tensor holds several."),
        N_("Reduce it first (mean(), sum()), pick one element (x[0]), or use tolist() for all."),
        (
            r"a Tensor with \d+ elements cannot be converted to Scalar",
            r"only one element tensors can be converted to Python scalars",
        ),
    ),
    "several_truths": Topic(
        N_("if, while, and, or and not need one yes or no, and this comparison gives one per element."),
        N_("Say which you mean: (x > 0).all() or (x > 0).any()."),
        (r"Boolean value of Tensor with more than one value is ambiguous",),
    ),
    "index_out_of_bounds": Topic(
        N_("Counting starts at 0: dimension {dim} has size {size}, so its last index is {size} - 1."),
        N_("Use an index below {size}, or -1 for the last element."),
        (r"index -?\d+ is out of bounds for dimension (?P<dim>\d+) with size (?P<size>\d+)",),
    ),
    "no_such_dimension": Topic(
        N_("Dimensions are counted from 0. This tensor has none numbered {dim}."),
        N_("Print x.shape: dim may be from {range}."),
        (
            (
                r"Dimension out of range \(expected to be in range of (?P<range>\[-?\d+, -?\d+\]), but got"
                r" (?P<dim>-?\d+)\)"
            ),
        ),
    ),
    "wrong_number_of_elements": Topic(
        N_("A new shape must hold exactly the same elements. {size} of them do not fill {shape}."),
        N_("Let torch work out one dimension with -1, as in x.reshape(-1, 1)."),
        (r"shape '(?P<shape>\[[-\d, ]*\])' is invalid for input of size (?P<size>\d+)",),
    ),
    "implicit_dimension": Topic(
        N_("torch had to guess along which dimension the numbers should add up to 1."),
        N_("Say it: dim=-1 is the last dimension, the usual choice."),
        (r"Implicit dimension choice for \w+ has been deprecated",),
    ),
}

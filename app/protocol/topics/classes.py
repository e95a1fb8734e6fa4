"""What torch says where targets are not what a loss of classes wants."""

from collections.abc import Mapping

from app.errors import N_
from app.protocol.topics.topic import Topic

CLASSES: Mapping[str, Topic] = {
    "class_labels_shape": Topic(
        N_(
            "CrossEntropyLoss wants the class of each point as one number: a target of shape [n]. A column"
            " [n, 1] is taken for several targets of one point."
        ),
        N_("Leave the labels as [n]: no unsqueeze, or target.squeeze(dim=1)."),
        (r"0D or 1D target tensor expected, multi-target not supported",),
    ),
    "class_labels_dtype": Topic(
        N_(
            "CrossEntropyLoss looks up the output of each point's class, so classes are whole numbers, of"
            " type Long. These are {given}."
        ),
        N_("Make the labels whole numbers: target.long(), or type(torch.LongTensor)."),
        (r"expected target dtype to be Long or Byte, but got (?P<given>\w+)",),
    ),
    "class_probabilities_dtype": Topic(
        N_(
            "A target of as many columns as there are classes is read as the probability of each class, which"
            " is a number with decimals. One-hot labels are whole numbers, {given}."
        ),
        N_("Give the classes themselves, of shape [n], or the probabilities as one_hot.float()."),
        (r"Expected floating point type for target with class probabilities, got (?P<given>\w+)",),
    ),
    "bce_shapes": Topic(
        N_(
            "This loss compares each output with a target of its own, so both need the same shape. The target"
            " has {target}, the output {input}. It does not broadcast, as MSELoss does."
        ),
        N_("Give the target the output's shape: target.unsqueeze(dim=1), for a column [n, 1]."),
        (
            (
                r"Target size \(torch\.Size\((?P<target>\[[\d, ]*\])\)\) must be the same as input size"
                r" \(torch\.Size\((?P<input>\[[\d, ]*\])\)\)"
            ),
        ),
    ),
    "result_type": Topic(
        N_(
            "The result has decimals, type {first}, and is to be written into a tensor of {second}: torch"
            " never rounds on its own. In BCEWithLogitsLoss the target is that tensor."
        ),
        N_("Convert the target: target.float()."),
        (r"result type (?P<first>\w+) can't be cast to the desired output type (?P<second>\w+)",),
    ),
}

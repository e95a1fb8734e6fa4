"""Python's own errors: those that beginners meet."""

from collections.abc import Mapping

from app.errors import N_
from app.protocol.topics.topic import Topic

PYTHON: Mapping[str, Topic] = {
    "old_print": Topic(
        N_("This is Python 2, where print was a statement. In Python 3 it is a function."),
        N_("Put what is to be printed in parentheses: print(x)."),
        (r"Missing parentheses in call to 'print'",),
    ),
    "bracket_never_closed": Topic(
        N_("The bracket {bracket} that begins here has no partner, so Python reads on and finds no end."),
        N_("Close it where the call, the list or the expression is to end."),
        (r"^'(?P<bracket>[(\[{])' was never closed",),
    ),
    "bracket_without_partner": Topic(
        N_("The bracket {bracket} closes nothing that was opened, or something of another kind."),
        N_("Count the brackets of this line and of the one before it: each needs a partner of its own kind."),
        (
            r"^unmatched '(?P<bracket>[)\]}])'",
            r"^closing parenthesis '(?P<bracket>[)\]}])' does not match",
        ),
    ),
    "foreign_character": Topic(
        N_(
            "{character} is no character that Python knows outside of a text. It looks like one on the"
            " keyboard, but comes from another one, from a web page or from a document."
        ),
        N_("Type it anew, with a plain keyboard: ( ) , : ; \" ' - are those that Python takes."),
        (r"^invalid (?:non-printable )?character '?(?P<character>\S+?)'?(?: \(U\+\w+\)| U\+\w+)?$",),
    ),
    "indentation": Topic(
        N_(
            "The spaces at the beginning of a line say which block it belongs to: what is inside for, if,"
            " def or class stands further to the right than that line, and all of it equally far."
        ),
        N_("Give every line of the block four spaces more than the line that begins it, and no tabs."),
        (
            r"^expected an indented block",
            r"^unexpected indent",
            r"^unindent does not match",
            r"^inconsistent use of tabs and spaces",
        ),
    ),
    "colon_missing": Topic(
        N_("A line that begins a block (for, while, if, else, def, class, with, try) ends with a colon."),
        N_("Write : at its end."),
        (r"^expected ':'",),
    ),
    "text_never_closed": Topic(
        N_("A text begins with a quotation mark here and has none at its end."),
        N_(
            'Close it with the mark that it began with; a text over several lines stands between """ and """.'
        ),
        (r"^unterminated (?:triple-quoted |f-)*string literal",),
    ),
    "assigned_in_a_condition": Topic(
        N_("A single = assigns. A comparison is written with two."),
        N_("Write == where two values are compared."),
        (r"Maybe you meant '==' or ':='", r"Maybe you meant '==' instead of '='"),
    ),
    "outside_a_function": Topic(
        N_("{word} has a meaning only inside {place}, and this line is in none."),
        N_("Move the line, or give it the spaces that put it inside."),
        (
            r"^'(?P<word>return|yield|await)' outside (?:async )?(?P<place>function)",
            r"^'(?P<word>break)' outside (?P<place>loop)",
            r"^'(?P<word>continue)' not properly in (?P<place>loop)",
        ),
    ),
    "recursion_without_end": Topic(
        N_("A function calls itself, and that one itself again, without an end: Python gives up at 1,000."),
        N_("Begin it with the case in which it returns without calling itself, such as if n == 0: return 1."),
        (r"^maximum recursion depth exceeded",),
    ),
    "division_by_zero": Topic(
        N_(
            "The number that is divided by is 0. Plain Python numbers refuse that; a tensor gives inf or nan."
        ),
        N_("Look at where that number comes from: a count of nothing, or the length of an empty list."),
        (r"(?:division|modulo) by zero|^float modulo$|^0\.0 cannot be raised to a negative power",),
    ),
    "index_out_of_range": Topic(
        N_("This {kind} has fewer elements: they are counted from 0, so the last is at len(...) - 1."),
        N_("Look at the range of the loop: range(len(xs)) ends one before the length."),
        (r"^(?P<kind>list|tuple|string|bytes)(?: assignment)? index out of range",),
    ),
    "pop_from_empty": Topic(
        N_("There is nothing left to take out: it is empty."),
        N_("Ask before: if xs:."),
        (r"^pop from (?:an )?empty \w+", r"^'?pop from an empty \w+"),
    ),
    "number_of_values": Topic(
        N_("To the left of = are {expected} names, and to the right another number of values."),
        N_(
            "Print what stands to the right. A function that returns one tensor gives as many values as the"
            " tensor has rows; write only one name to keep it whole."
        ),
        (r"^(?:not enough|too many) values to unpack \(expected (?:at least )?(?P<expected>\d+)",),
    ),
    "not_a_function": Topic(
        N_(
            "{kind} is a value, and parentheses behind a value call it like a function. A sign for"
            " multiplication may be missing, or a name of a function was given to a value before: sum, max,"
            " list and input are such names."
        ),
        N_("Write * to multiply, [ ] to pick an element, and give variables names of their own."),
        (r"^'(?P<kind>[\w.]+)' object is not callable",),
    ),
    "text_and_number": Topic(
        N_("A text and a number do not add up: + joins texts, or adds numbers."),
        N_('Write print("loss:", loss), or make a text of the number first: "loss: " + str(loss).'),
        (
            r"^can only concatenate str \(not",
            r"^unsupported operand type\(s\) for \+: '(?:int|float|Tensor)' and 'str'",
            r"^must be str, not (?:int|float)",
        ),
    ),
    "argument_is_missing": Topic(
        N_("{function} needs a value for {names}, and this call gives none."),
        N_("Give it in the parentheses, or give it a default where the function is defined: def f(n=10)."),
        (
            (
                r"^(?P<function>[\w.<>]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?:"
                r" (?P<names>'[^\n]+')$"
            ),
        ),
    ),
    "too_many_arguments": Topic(
        N_(
            "{function} takes fewer values than this call gives. Of a method the object itself is the first:"
            " net.forward(x) gives two, net and x."
        ),
        N_("Look at how it is defined. A method's first argument is self: def forward(self, x)."),
        (r"^(?P<function>[\w.<>]+)\(\) takes (?:from )?\d[\w ]* positional arguments? but \d+ w\w+ given",),
    ),
    "no_number_in_the_text": Topic(
        N_("This text is no number of the kind that is wanted: int() takes whole numbers only."),
        N_('Write float("3.5"), or take off what is no digit.'),
        (r"^invalid literal for int\(\)", r"^could not convert string to float"),
    ),
    "none_is_used": Topic(
        N_(
            "A value is None here. Functions without return give None, and so do methods that change"
            " something in place, such as list.append, list.sort and random.shuffle."
        ),
        N_("Print the value before this line, and look at where it was assigned."),
        (
            r"^'NoneType' object is not (?:subscriptable|iterable)",
            r"^'NoneType' object does not support item assignment",
            r"^argument of type 'NoneType' is not iterable",
            r"^object of type 'NoneType' has no len",
        ),
    ),
    "tensor_in_a_format": Topic(
        N_("A format such as :.2f is for a plain number, and this is a tensor of several."),
        N_("Format a single number, such as x.mean().item(), or print the tensor as it is."),
        (r"^unsupported format string passed to Tensor\.__format__",),
    ),
    "no_such_key": Topic(
        N_("The dictionary has no entry {key}."),
        N_("Print its keys: print(d.keys()). Upper and lower case count. d.get(key) gives None instead."),
    ),
    "ended_itself": Topic(
        N_("The program ended itself here, with the code or the words {code}, which say that it failed."),
        N_("Look at the condition that led here."),
    ),
    "no_command_line": Topic(
        N_("The program asks for arguments of a command line, and there is none here: it runs without any."),
        N_(
            "Give every argument a default, or give them in the program:"
            ' parser.parse_args(["--lr", "0.1", "data"]).'
        ),
    ),
}

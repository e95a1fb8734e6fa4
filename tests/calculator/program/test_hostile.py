"""Programs that lie to what watches them: what they printed and how they ended is told all the same."""

from app.calculator import derive

LESSON = "import torch\nx = torch.ones(3, requires_grad=True)\n(x * 2).sum().backward()\nprint(x.grad)\n"


def test_a_number_of_the_programs_own_is_not_asked_whether_it_is_the_same() -> None:
    own = "class N(int):\n    def __eq__(self, other): raise SystemExit(3)\n    __hash__ = int.__hash__\n"
    derivation = derive(f"{own}n = N(3)\nm = 1\n{LESSON}")
    assert derivation.error is None
    assert derivation.printed == "tensor([2., 2., 2.])\n"


def test_built_ins_that_were_replaced_are_back_for_the_explanation() -> None:
    derivation = derive(f"{LESSON}import builtins\nbuiltins.__import__ = None\n")
    assert derivation.error is None
    assert [chain.text for chain in derivation.chain] != []


def test_a_line_that_the_program_does_not_have_is_not_told() -> None:
    for made in ("exec(compile('\\n' * 1000 + '1/0', '<program>', 'exec'))", "exec('\\n' * 1000 + '1/0')"):
        error = derive(f"x = 1\n{made}").error
        assert error is not None
        assert (error.type, error.line) in {("ZeroDivisionError", None), ("ZeroDivisionError", 2)}

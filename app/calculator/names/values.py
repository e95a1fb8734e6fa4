"""What a program holds instead of modules, library functions and classes.

A program never gets hold of the real ones: their attributes reach everything in Python. These stand-ins
can be called, compared and printed, and `attributes` decides what may be read of them.
"""

import types
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

Gate = Callable[[tuple[Any, ...], dict[str, Any]], None]
"""Looks at the arguments of a call before it is made; raises LimitReached if it would be too large."""


PROGRAM_CLASS = "_program_class"
"""Where a class that a program defined keeps its stand-in."""


class Opaque:
    """A stand-in compares by identity and stays itself in a deep copy (torch copies defaults and states).

    stands_for: the type a program is told it has, also by error messages that name types.
    """

    __slots__ = ("__weakref__",)
    stands_for: ClassVar[type]

    def __init_subclass__(cls, stands_for: type = object) -> None:
        cls.stands_for = stands_for
        if stands_for is not object:
            cls.__name__ = stands_for.__name__

    def __deepcopy__(self, memo: object) -> "Opaque":
        return self


class Namespace(Opaque, stands_for=types.ModuleType):
    """A module, as its allowed members. `name`: dotted, "torch.nn"."""

    __slots__ = ("members", "name")

    def __init__(self, name: str, members: Mapping[str, Any]) -> None:
        self.name = name
        self.members = types.MappingProxyType(dict(members))

    def __repr__(self) -> str:
        return f"<module '{self.name}'>"


class Function(Opaque, stands_for=types.BuiltinFunctionType):
    """A library function and the gate before it."""

    __slots__ = ("gate", "name", "real")

    def __init__(self, name: str, real: Callable[..., Any], gate: Gate | None = None) -> None:
        self.name = name
        self.real = real
        self.gate = gate

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """How torch calls it back (`vmap(torch.sin)`): through the gate as well."""
        if self.gate is not None:
            self.gate(args, kwargs)
        return self.real(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<built-in function {self.name}>"


class Class(Opaque, stands_for=type):
    """A class, a library's or the program's own.

    real: what `isinstance` is asked about (torch's legacy `FloatTensor` is not a `type`, so Any).
    make: how an instance is made; the class itself unless the table says otherwise.
    methods: for the program's own classes, name to what the class body assigned, its bases' included.
    base: for those, the class they extend. statics: what may be read of the class itself.
    """

    __slots__ = ("base", "gate", "make", "methods", "name", "real", "statics")

    def __init__(
        self,
        name: str,
        real: Any,
        *,
        make: Callable[..., Any] | None = None,
        gate: Gate | None = None,
        methods: Mapping[str, Any] = types.MappingProxyType({}),
        statics: Mapping[str, Any] = types.MappingProxyType({}),
        base: "Class | None" = None,
    ) -> None:
        self.name = name
        self.real = real
        self.make = make or real
        self.gate = gate
        self.methods = methods
        self.statics = statics
        self.base = base

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """How a library calls it back (`map(float, ...)`)."""
        if self.gate is not None:
            self.gate(args, kwargs)
        return self.make(*args, **kwargs)

    def __repr__(self) -> str:
        return repr(self.real)


class Member(Opaque):
    """One name that may be read of a type's instances.

    call: whether reading it gives a method. real: what to do instead of the type's own method or property.
    """

    __slots__ = ("call", "gate", "name", "real")

    def __init__(
        self,
        name: str,
        *,
        call: bool = True,
        real: Callable[..., Any] | None = None,
        gate: Gate | None = None,
    ) -> None:
        self.name = name
        self.call = call
        self.real = real
        self.gate = gate


class Bound(Opaque, stands_for=types.MethodType):
    """A method taken from its object, to be called later."""

    __slots__ = ("member", "owner")

    def __init__(self, owner: Any, member: Any) -> None:
        self.owner = owner
        self.member = member

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """How torch calls it back (`register_hook(x.mul)`)."""
        return call_member(self.owner, self.member, args, kwargs)

    def __repr__(self) -> str:
        return f"<bound method {type(self.owner).__name__}.{self.member.name}>"


def call_member(owner: Any, member: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a method of `owner` through its gate."""
    if not isinstance(member, Member):  # a function the program defined in its class
        return member(owner, *args, **kwargs)
    if member.gate is not None:
        member.gate((owner, *args), kwargs)
    if member.real is not None:
        return member.real(owner, *args, **kwargs)
    return getattr(owner, member.name)(*args, **kwargs)


def words(text: str) -> tuple[str, ...]:
    """The names in a block of text: how the reviewed lists are written."""
    return tuple(text.split())

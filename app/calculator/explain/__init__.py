"""Why a program's gradients are what they are: what is watched while it runs, and what is told afterwards.

While it runs (`recording`, the observer):
    calls       what each library call made, and from what
    flows       what gradients find on their way back (`passes`), asked of torch's nodes before they forget
    playback    what each line changed
Afterwards (`explanation`):
    graph       what of torch's graph is shown (`picture`), and where (`drawing`, `layout`, `layers`)
    chain       the products along its `paths`, in numbers and `formulas`
    jacobian    the same as matrices
    nudge       the check: `slopes` measured by running the program again (`bench`, `rerun`)
    steps       the playback, cut to size
Beneath: `tape` reads torch's graph and names what is in it; `figures` and `matrices` are numbers kept small.
"""

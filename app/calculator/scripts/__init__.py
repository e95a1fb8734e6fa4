"""Training scripts of others, as runs: their first steps are observed, and settings made of what is seen.

`observe` puts together what these see: `watch` the steps of a script, `rounds` its loops, `tape` the calls of
torch. `network` and `loss` read from them what is computed, `points` from what, `training` the optimizer and
the scheduler, `weights` how the initial weights come about.
"""

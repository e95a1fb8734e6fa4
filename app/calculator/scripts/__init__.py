"""Training scripts of others, as runs: their first steps are observed, and settings made of what is seen.

`observe` puts together what these see: `watch` the script's steps, its optimizer, its loops; `tape` every call
of torch's, from which `network` and `loss` read what is computed and `points` from what, and in which order.
"""

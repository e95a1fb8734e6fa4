"""The records that cross a boundary: REST bodies, socket messages, and what the processes tell each other.

One definition per datum. The page's JavaScript types are generated from these (`static/types/`).
"""

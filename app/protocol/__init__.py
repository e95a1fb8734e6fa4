"""The records that cross a boundary: REST bodies, socket messages, and messages between the processes.

One definition per datum. The page's JavaScript types are generated from these (`static/types/`).
"""

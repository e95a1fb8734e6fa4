"""Runs a program as Python does, in this process, and tells an observer what happens.

`read` text > tree, `instrument` tree > tree with `hooks` in it, `run` executes it on the `stage`: its output,
random numbers, warnings, `desk` (files in memory) and `library` (the modules that are there).
"""

"""The arithmetic that gives a run the same numbers in every process: the engine, a program, a script."""

ARITHMETIC = {"MKL_CBWR": "AVX2,STRICT"}
"""Environment of every process that trains, from before it imports torch.

On processors with AVX-512, MKL otherwise adds in an order that depends on where in memory the numbers lie:
two of 80 random histories of mini-batches differed from their scripts in the last bit.
"""

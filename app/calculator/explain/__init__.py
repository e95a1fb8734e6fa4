"""Why a program's gradients are what they are: what is watched while it runs, and what is told afterwards."""

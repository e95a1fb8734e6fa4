"""A script as a Jupyter notebook, with a cell for each of its parts."""

import json
from collections.abc import Sequence


def notebook(parts: Sequence[str]) -> str:
    """The notebook's JSON, in nbformat 4."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": part.splitlines(keepends=True),
        }
        for part in parts
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps(
        {
            "cells": cells,
            "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 4,
        },
        indent=1,
    )

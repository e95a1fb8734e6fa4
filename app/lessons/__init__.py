"""Lessons: files of texts, settings, predictions and tasks, and whether a task is done."""

"""Real PyTorch training: data, model, Run, Cohort, export."""

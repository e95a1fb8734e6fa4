"""What may stand after `with`, and as a decorator: torch's switches of gradient tracking."""

import torch

CONTEXTS: frozenset[type] = frozenset(
    {
        torch.no_grad, torch.enable_grad, torch.set_grad_enabled, torch.inference_mode,
        torch.autograd.detect_anomaly, torch.autograd.set_detect_anomaly,
    }
)  # fmt: skip
"""Exact types of context managers."""
DECORATORS = frozenset(kind for kind in CONTEXTS if hasattr(kind, "clone"))
"""Those that are also decorators: each call of the function enters a clone."""

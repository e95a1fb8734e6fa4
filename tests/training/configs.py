"""Random settings, of every kind there is."""

from random import Random
from typing import Any, get_args

from app.protocol.planes import CLASS_COUNTS, SURFACES
from app.protocol.runs import Activation, BatchOrder, Init, Loss, RunConfig

RATES = {"SGD": 0.1, "Adam": 0.02, "AdamW": 0.02, "RMSprop": 0.01, "Adagrad": 0.1}
"""Learning rates with which little diverges."""

CURVE_LOSSES = [loss for loss in get_args(Loss) if loss not in ("CrossEntropyLoss", "BCEWithLogitsLoss")]


def random_config(random: Random, *, rate: float = 1.0) -> RunConfig:
    """Any settings that are allowed, of runs that can train. rate: multiplies the learning rate."""
    n_samples = random.choice([2, 3, 10, 33, 100, 100, 100, 501])
    config: dict[str, Any] = {
        "seed": random.randrange(2**31),
        "data": random_data(random, n_samples),
        "model": {
            "hidden": [random.randint(1, random.choice([10, 64])) for _ in range(random.randint(0, 4))],
            "activation": random.choice(get_args(Activation)),
            "init": random.choice(["default", *get_args(Init)]),
            "drawn": random.choice([0, 0, random.randint(1, 1000)]),
        },
        "loss": random.choice(CURVE_LOSSES),
        "reduction": random.choice(["mean", "mean", "sum"]),
        "optimizer": random_optimizer(random, rate),
        "scheduler": random_scheduler(random),
        "batch_size": random.choice([None, None, random.randint(1, n_samples)]),
        "batch_order": random.choice(get_args(BatchOrder)),
        "loop": {
            "zero_grad": random.random() < 0.8,
            "backward": random.random() < 0.9,
            "step": random.random() < 0.9,
        },
        "max_steps": 100_000,
    }
    written = Random(config["seed"])
    config["model"]["linear"] = written.choice(["Linear", "Linear", "matmul", "mul"])
    plain = not config["optimizer"].keys() - {"name", "lr", "weight_decay"}
    if config["optimizer"]["name"] == "SGD" and plain and not config["optimizer"]["weight_decay"]:
        config["optimizer"]["by_hand"] = written.random() < 0.5
    return RunConfig.model_validate(config)


def random_data(random: Random, n_samples: int) -> dict[str, Any]:
    """Points made or given, scaled or not, the loss broadcast or not; enough to learn from, for any batch."""
    data: dict[str, Any] = {"n_samples": n_samples, "x_min": -random.random(), "x_max": random.random() + 0.1}
    match random.randrange(4):
        case 0:
            data["points"] = [[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(n_samples)]
        case 1:
            data["target"] = random.choice(["line", "x_sin_x", "outliers", "torch.cos(2*x) + torch.rand(1)"])
            data["noise"] = random.choice([0.0, 0.1])
    data["scale_x"] = random.random() < 0.2
    data["unsqueeze_y"] = n_samples > 200 or random.random() < 0.8
    return data


def random_optimizer(random: Random, rate: float = 1.0) -> dict[str, Any]:
    """A class of `torch.optim` and settings of it."""
    name = random.choice(list(RATES))
    settings: dict[str, Any] = {"name": name, "lr": rate * RATES[name] * random.random() + 1e-5}
    settings["weight_decay"] = random.choice([0.0, 0.01])
    match name:
        case "SGD":
            settings |= random.choice(
                [
                    {},
                    {"momentum": random.random()},
                    {"momentum": random.random() + 1e-3, "nesterov": True},
                    {"momentum": random.random(), "dampening": random.random()},
                ]
            )
        case "Adam" | "AdamW":
            settings |= {"betas": [random.random(), random.random()], "amsgrad": random.random() < 0.5}
        case "RMSprop":
            settings |= {"alpha": random.random(), "centered": random.random() < 0.5}
            settings |= {"momentum": random.choice([0.0, random.random()])}
        case "Adagrad":
            settings |= {"lr_decay": random.random(), "initial_accumulator_value": random.choice([0.0, 0.1])}
    return settings


def random_scheduler(random: Random) -> dict[str, Any] | None:
    """A class of `torch.optim.lr_scheduler` and settings of it, or none."""
    schedulers: list[dict[str, Any]] = [
        {"name": "StepLR", "step_size": random.randint(1, 10)},
        {"name": "MultiStepLR", "milestones": [random.randint(1, 30) for _ in range(3)], "gamma": 0.5},
        {"name": "ExponentialLR", "gamma": 0.9 + 0.1 * random.random()},
        {"name": "CosineAnnealingLR", "T_max": random.randint(2, 40), "eta_min": 0.001},
        {"name": "LinearLR", "total_iters": random.randint(1, 30)},
    ]
    return random.choice([None, None, None, *schedulers])


def random_task(random: Random, *, rate: float = 1.0) -> RunConfig:
    """Settings as of `random_config`, with classes, or two inputs, or both."""
    config = random_config(random, rate=rate).model_dump(mode="json")
    features, classes = random.choice([(1, True), (2, False), (2, True), (2, True)])
    old = config["data"]
    data: dict[str, Any] = {
        "features": features,
        "classes": random.randint(2, 6) if classes else None,
        "n_samples": max(12, old["n_samples"]),
        "noise": random.choice([0.0, 0.1]),
        "scale_x": random.random() < 0.3,
        "test_fraction": random.choice([0.0, 0.25]),
    }
    if not classes:
        config["loss"] = random.choice(CURVE_LOSSES)
        data["target"] = random.choice([*SURFACES, "torch.sin(3*x1)*x2 + 0.1*torch.rand(x1.size())"])
        data["unsqueeze_y"] = data["n_samples"] > 200 or random.random() < 0.8
    elif features == 1:
        data["target"] = random.choice(["x > 0.2", "(torch.sin(9*x) > 0) & (x > -0.5)"])
    else:
        target = random.choice([*CLASS_COUNTS, "x2 > x1.pow(2)", "(x[:, 0] > 0).long() + (x[:, 1] > 0)"])
        data["target"] = target
        if counts := CLASS_COUNTS.get(target):
            data["classes"] = random.choice(counts)
            data["balance"] = random.choice([1.0, 0.3])
        else:
            data["classes"] = max(3, data["classes"])
    if classes:
        losses = ["CrossEntropyLoss", "CrossEntropyLoss", "MSELoss"]
        config["loss"] = random.choice([*losses, "BCEWithLogitsLoss"] if data["classes"] == 2 else losses)
    if random.random() < 0.2:
        data["points"] = [
            [*(random.uniform(-1, 1) for _ in range(features)), i % data["classes"] if classes else 0.1 * i]
            for i in range(data["n_samples"])
        ]
        data.pop("balance", None)
    config["l1"] = random.choice([0.0, 0.0, 0.001])
    config["model"]["dropout"] = random.choice([0.0, 0.0, 0.0, 0.3])
    if config["batch_size"] is not None:
        config["batch_size"] = min(config["batch_size"], data["n_samples"] // 2)
    return RunConfig.model_validate(config | {"data": data})

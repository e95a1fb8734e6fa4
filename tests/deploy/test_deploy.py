"""The files by which the product is run as a service: what they promise, and that it works with them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings
from tests.server import PATIENCE

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "systemd" / "playground.service"
CADDYFILE = ROOT / "deploy" / "caddy" / "Caddyfile"
SETTINGS = {f"PLAYGROUND_{name.upper()}" for name in Settings.model_fields}


def program(name: str) -> str:
    """A program of the system; without it the test is skipped."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_every_container_is_read_only_and_gains_nothing(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert not service.get("privileged"), name
        for volume in service["volumes"]:
            source, _, _ = volume.partition(":")
            assert source in compose["volumes"] or (ROOT / source).is_file(), name
        assert set(service["networks"]) <= set(compose["networks"]), name


def test_the_product_is_reached_through_caddy_only_and_is_not_root(compose: dict[str, Any]) -> None:
    product, caddy = compose["services"]["playground"], compose["services"]["caddy"]
    assert "ports" not in product
    assert product["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"] is True
    assert product["user"] == uid_in_the_image()
    assert "cap_add" not in product
    assert caddy["depends_on"]["playground"]["condition"] == "service_healthy"
    assert product["volumes"] == ["playground:/data"]
    assert compose["services"]["database"]["profiles"] == ["postgresql"]
    assert set(product["build"]["platforms"]) == {"linux/amd64", "linux/arm64"}
    # Docker's own time would kill it in the middle of saving.
    assert int(product["stop_grace_period"].removesuffix("s")) > 10


def uid_in_the_image() -> str:
    found = re.search(r"--uid (\d+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert found
    return found[1]


@pytest.mark.parametrize("name", ["compose.yaml", "deploy/systemd/playground.service", "Dockerfile"])
def test_every_setting_that_is_named_is_one(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"PLAYGROUND_[A-Z_]+", text))
    assert named
    assert named <= SETTINGS


def test_the_image_is_made_as_images_should_be() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    last = lines[max(k for k, line in enumerate(lines) if line.startswith("FROM")) :]
    assert all(
        re.match(r"FROM [\w./-]+:[\w.-]+( AS \w+)?$", line) for line in lines if line.startswith("FROM")
    )
    assert not any(line.startswith("ADD") or "latest" in line or "sudo" in line for line in lines)
    for line in lines:
        if "apt-get install" in line:
            assert "--no-install-recommends" in line
            assert "rm -rf /var/lib/apt/lists/*" in line
    user = [line.split()[1] for line in last if line.startswith("USER")]
    assert user == ["playground"]
    assert any(line.startswith("HEALTHCHECK") for line in last)
    assert any(line.startswith("CMD [") for line in last)
    assert not re.search(r"(ENV|ARG) \w*(TOKEN|PASSWORD|SECRET)", text)


def test_caddy_takes_its_file() -> None:
    subprocess.run(
        [program("caddy"), "validate", "--config", CADDYFILE, "--adapter", "caddyfile"],
        check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(
        UNIT.read_text(encoding="utf-8").replace("/opt/playground/.venv/bin/python", sys.executable)
    )
    found = subprocess.run(
        [program("systemd-analyze"), "verify", "--man=no", unit],
        check=False, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert (found.returncode, found.stderr.strip()) == (0, "")


BARRIERS = """
import errno, os, sys
import pyseccomp
from app.sandbox.zygote import locks
os.setgid(10001) if os.getuid() == 0 else None
os.setuid(10001) if os.getuid() == 0 else None
locks.kernel.prctl(locks.kernel.PR_SET_NO_NEW_PRIVS, 1)
filter = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM) if sys.argv[1:] else pyseccomp.ALLOW)
for call in sys.argv[1:]:
    try:
        filter.add_rule(pyseccomp.ALLOW, call)
    except (OSError, RuntimeError):
        pass  # of another architecture
filter.load()
held = locks.leave_namespaces()
if "process_namespace" in held:
    locks.become_first()
print(locks.probe(held))
"""


def test_programs_are_locked_in_as_well_under_the_units_filter() -> None:
    def barriers(calls: list[str]) -> str:
        found = subprocess.run(
            [sys.executable, "-c", BARRIERS, *calls],
            check=True, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT,
        )  # fmt: skip
        return found.stdout

    allowed = system_calls(
        re.findall(r"^SystemCallFilter=(.*)", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert barriers(allowed) == barriers([])
    assert "seccomp" in barriers(allowed)


def system_calls(lists: list[str]) -> list[str]:
    """The system calls that a unit allows."""
    analyze, calls, groups = (
        program("systemd-analyze"),
        set[str](),
        [word for each in lists for word in each.split()],
    )
    seen = set[str]()
    while groups:
        name = groups.pop()
        if not name.startswith("@"):
            calls.add(name)
        elif name not in seen:
            seen.add(name)
            shown = subprocess.run(
                [analyze, "syscall-filter", name],
                check=True,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            ).stdout
            groups += re.findall(r"^    (@?[\w-]+)$", shown, re.MULTILINE)
    return sorted(calls)

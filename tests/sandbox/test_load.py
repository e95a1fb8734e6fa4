"""More programs than processes."""

import asyncio

import pytest

from app.errors import Unavailable
from app.sandbox.client.sandbox import Sandbox
from app.settings import Settings
from tests.sandbox.attacks import attacks
from tests.sandbox.conftest import BYPASS, ENDLESS, fate, running, start_endless, until, zygote
from tests.server import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_two_hundred_programs_at_once_run_few_at_a_time() -> None:
    settings = Settings(sandbox_children=2, sandbox_queue=200)
    async with running(settings=settings) as sandbox:
        most = 0

        async def count_children() -> None:
            nonlocal most
            while True:
                most = max(most, len(zygote().children()))
                await asyncio.sleep(0.005)

        counting = asyncio.create_task(count_children())
        fates = await asyncio.gather(*(fate(sandbox, f"reply({n})", str(n)) for n in range(200)))
        counting.cancel()
    assert fates == [str(n) for n in range(200)]
    assert most <= 2 * settings.sandbox_children + 1  # one may be dead and not yet reaped


async def test_more_than_may_wait_are_refused_at_once() -> None:
    settings = Settings(sandbox_children=1, sandbox_queue=3)
    async with running(settings=settings) as sandbox:
        tasks = [asyncio.create_task(fate(sandbox, "reply('done')", str(n))) for n in range(20)]
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert 3 <= results.count("done") <= 5
    assert sum(isinstance(result, Unavailable) for result in results) == 20 - results.count("done")


async def test_one_clients_flood_does_not_starve_another() -> None:
    async with running(settings=Settings(sandbox_wall_clock=PATIENCE)) as sandbox:  # so that it never ends
        flood = [asyncio.create_task(fate(sandbox, ENDLESS, "flooder")) for _ in range(60)]
        await asyncio.sleep(0)
        for _ in range(10):
            assert await fate(sandbox, "reply('done')", "student") == "done"
        assert not any(task.done() for task in flood)
        for task in flood:
            task.cancel()
        await asyncio.wait(flood)


async def test_many_clients_with_runaway_programs_do_not_starve_another() -> None:
    async with running() as sandbox:
        ended = 0

        async def attack(client: str) -> None:
            nonlocal ended
            while True:
                await sandbox.derive(ENDLESS, client)
                ended += 1

        attackers = [asyncio.create_task(attack(f"attacker {n}")) for n in range(10)]
        await until(lambda: sandbox.load["waiting"])
        for _ in range(5):
            assert await fate(sandbox, "reply('done')", "student") == "done"
        assert ended < 25  # in turn with the attackers it would be 50
        assert not any(task.done() for task in attackers)
        for task in attackers:
            task.cancel()
        await asyncio.wait(attackers)


async def test_a_long_program_lets_others_go_first(bypassed: Sandbox) -> None:
    task = await start_endless(bypassed)
    family = zygote(BYPASS)
    await until(lambda: 10 in [child.nice() for child in family.children()])
    assert await task == "Timeout"


async def test_a_student_at_work_does_not_notice_two_hundred_strangers_attacking(product: Sandbox) -> None:
    hostile = [attack.program for attack in attacks() if attack.kind in {"cpu", "memory", "output-flood"}]
    lesson = "import torch\nx = torch.tensor(2.0, requires_grad=True)\n(x * {}).backward()\nprint(x.grad)"
    assert await fate(product, lesson.format(1), "student") == "tensor(1.)\n"

    async def attack(number: int) -> str:
        try:
            return await fate(product, f"# {number}\n{hostile[number % len(hostile)]}", f"stranger {number}")
        except Unavailable:
            return "refused"

    attackers = [asyncio.create_task(attack(number)) for number in range(200)]
    await until(lambda: product.load["waiting"])
    for factor in range(2, 12):
        assert await fate(product, lesson.format(factor), "student") == f"tensor({factor}.)\n"
    assert product.load["waiting"] > 0
    for task in attackers:
        task.cancel()
    await asyncio.wait(attackers)

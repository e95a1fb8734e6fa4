"""A lesson's file: every mistake is told with its line and its field, and a changed file is read again."""

import logging
import os
from pathlib import Path

import pytest

from app.__main__ import main
from app.lessons.file import Faulty, read
from app.lessons.shelf import Shelf, read_file

GOOD = """\
title: {en: A title}
about: {zh: 关于}
minutes: 5
steps:
  - title: {en: First}
    text: {en: Text}
    scene:
      page: training
      settings: {optimizer: {lr: 0.1}}
      free: [optimizer]
    predict: {what: loss, steps: 10}
    task:
      text: {en: Do it}
      check: {of: run, loss_below: 0.1, changed: [optimizer.lr]}
  - title: {en: Second}
    text: {en: Text}
    scene:
      page: calculator
      program: |
        import torch
        x = torch.ones(1, requires_grad=True)
        x.backward()
    predict: {what: program, question: grad x}
"""


def faults(*changes: tuple[str, str]) -> list[str]:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(Faulty) as caught:
        read(text)
    return list(map(str, caught.value.faults))


def test_a_good_file_is_read() -> None:
    lesson = read(GOOD)
    assert lesson.title.own("zh") == "A title"
    assert lesson.about.own("en") == "关于"
    assert len(lesson.steps) == 2


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minutes: 5", "minutes: five", "line 3: minutes: Input should be a valid integer"),
        ("minutes: 5\n", "", "line 1: minutes: Field required"),
        ("minutes: 5", "minutes: 5\nminutes: 6", "line 4: minutes: stands there twice"),
        ("{lr: 0.1}", "{lr: -1}", "line 9: steps[0].scene.settings.optimizer"),
        ("{lr: 0.1}", "{learning: 1}", "line 9: steps[0].scene.settings.optimizer"),
        ("free: [optimizer]", "free: [optimiser]", "line 10: steps[0].scene.free[0]: there is no setting"),
        ("what: loss", "what: winner", "line 11: steps[0].predict.what: the step's scene has one run only"),
        ("changed: [optimizer.lr]", "changed: [lr]", "line 14: steps[0].task.check.changed[0]: there is no"),
        ("of: run, loss_below", "of: program, loss_below", "line 14: steps[0].task.check.loss_below: Extra"),
        ("text: {en: Do it}", "text: {fr: Faites}", "line 13: steps[0].task.text"),
        (
            "question: grad x",
            "question: grad y",
            "line 23: steps[1].predict.what: the program has no question",
        ),
        ("page: calculator", "page: kitchen", "line 17: steps[1].scene"),
        ("title: {en: A title}", "title: {en: A title", "line 2: expected ',' or '}'"),
        ("title: {en: A title}", "title: &a {en: A title}\nagain: *a", "line 1: aliases"),
        (GOOD, "", "line 1: the file is empty"),
        (GOOD, "- 1", "line 1: Input should be"),
        (GOOD, "x" * 300_000, "line 1: the file is larger than 256 kB"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_field(old: str, new: str, told: str) -> None:
    found = faults((old, new))
    assert any(fault.startswith(told) for fault in found), found


def test_all_mistakes_are_told_at_once() -> None:
    assert len(faults(("minutes: 5", "minutes: 0"), ("en: First", "en: ''"), ("steps: 10", "steps: 0"))) == 3


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"title: {en: A}\n# \xff\n")
    with pytest.raises(Faulty, match="line 2: not UTF-8"):
        read_file(path)


def test_a_folder_is_read_again_when_it_changes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf(tmp_path)
    ours = list(shelf.lessons)
    path = tmp_path / "00-own.yaml"
    path.write_text(GOOD)
    assert list(shelf.lessons) == [*ours, "00-own"]
    path.write_text(GOOD.replace("A title", "Another title"))
    os.utime(path, ns=(1, 1))
    assert shelf.lessons["00-own"].title.en == "Another title"
    with caplog.at_level(logging.ERROR):
        path.write_text(GOOD.replace("minutes: 5", "minutes: none at all"))
        assert shelf.lessons["00-own"].title.en == "Another title"
        assert len(caplog.records) == 1
        assert "00-own.yaml, line 3: minutes" in caplog.text
        assert shelf.lessons["00-own"].title.en == "Another title"
        assert len(caplog.records) == 1
    path.unlink()
    assert list(shelf.lessons) == ours


def test_of_two_lessons_with_one_name_the_folder_s_counts(tmp_path: Path) -> None:
    (tmp_path / "01-backward.yaml").write_text(GOOD)
    assert Shelf(tmp_path).lessons["01-backward"].title.en == "A title"
    assert Shelf(tmp_path / "nowhere").lessons["01-backward"].title.en != "A title"


def test_the_command_line_tells_all_mistakes_of_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    monkeypatch.setattr("sys.argv", ["app", "lessons", str(tmp_path)])
    with pytest.raises(SystemExit, match="0"):
        main()
    (tmp_path / "b.yaml").write_text(GOOD.replace("minutes: 5", "minutes: 0"))
    with pytest.raises(SystemExit, match="1"):
        main()
    told = capsys.readouterr().out.splitlines()
    assert told[1:] == [
        f"{tmp_path}/a.yaml: 2 steps",
        f"{tmp_path}/b.yaml, line 3: minutes: Input should be greater than or equal to 1",
    ]

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from app.web.edge.catalogue import Catalogue


def test_scripts_get_the_texts_they_have_and_the_forms_of_those_that_count_something(tmp_path: Path) -> None:
    catalog = Catalog(locale="zh")
    catalog.add("Reset", "重置")
    catalog.add("Other", "其他")
    catalog.add(("{count} step", "{count} steps"), ("{count} 步",))
    target = tmp_path / "zh" / "LC_MESSAGES" / "messages.po"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, catalog)
    scripts = 't("Reset"); tn("{count} step", "{count} steps", count)'
    messages = Catalogue(tmp_path).messages("zh", scripts)
    assert messages == {"Reset": "重置", "{count} step": ["{count} 步"]}

import re

import pytest

from dgnb.widgets.assets import STATIC, esm


@pytest.mark.parametrize(
    "name",
    [
        "agent",
        "banner",
        "captions",
        "chooser",
        "code",
        "form",
        "page",
        "player",
        "recorder",
        "turns",
        "upload",
    ],
)
def test_a_module_stands_by_itself(name: str) -> None:
    text = esm(name)
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert text.count("export default") == 1 or name == "page"
    names = re.findall(r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", text, re.MULTILINE)
    assert len(names) == len(set(names))


def scopes(sheet: str) -> list[set[str]]:
    """The classes of the element that each rule of a style sheet is kept within."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / f"{sheet}.css").read_text(), flags=re.DOTALL)
    rules = re.findall(r"(?:^|[{}])\s*([^@{}\s][^{}]*?)\s*(?={)", text)
    selectors = [one.strip() for rule in rules for one in re.split(r",(?![^(]*\))", rule)]
    heads = [one.removeprefix('[data-jp-theme-light="false"] ').split(" ")[0] for one in selectors]
    # The page outside the notebook has nothing else.
    return [set(re.findall(r"\.(dgnb-[a-z]+)", head)) for head in heads if "main" not in head]


def test_no_rule_of_a_widget_reaches_another_widget() -> None:
    sheets = {path.stem for path in STATIC.glob("*.css")} - {"common"}
    found = {sheet: [each - {"dgnb-widget"} for each in scopes(sheet)] for sheet in sheets}
    assert all(each for heads in found.values() for each in heads), found
    names = {sheet: set.union(*heads) for sheet, heads in found.items()}
    shared = [(one, two) for one in sheets for two in sheets if one < two and names[one] & names[two]]
    assert shared == []

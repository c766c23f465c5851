import re

import pytest

from dgnb.widgets.assets import esm


@pytest.mark.parametrize(
    "name", ["banner", "captions", "chooser", "code", "form", "page", "player", "recorder", "turns", "upload"]
)
def test_a_module_stands_by_itself(name: str) -> None:
    text = esm(name)
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert text.count("export default") == 1 or name == "page"
    names = re.findall(r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", text, re.MULTILINE)
    assert len(names) == len(set(names))

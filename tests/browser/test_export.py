"""The exported player: one file, offline, with and without script, by keys, and what hostile text does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter

from dgnb import Transcript
from tests.browser import long
from tests.views.test_html import HOSTILE

NO_HIGHLIGHTS = "delete window.Highlight; Object.defineProperty(CSS, 'highlights', {value: undefined})"

NAMED = """() => [...document.querySelectorAll('button, input, select, audio, [tabindex], [role]')]
  .map(element => [element.localName, element.getAttribute('aria-label')])"""

# Contrast of a text to what it stands on, by WCAG 2.2.
CONTRAST = """() => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d');
  const light = (colour, under) => {
    canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(x => x / 255)
      .map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const page = dark ? '#121212' : '#ffffff';
  const words = document.querySelector('.dgnb-words p');
  const styles = ['', '::before', '::highlight(dgnb-now)', '::highlight(dgnb-hit)', '::highlight(dgnb-found)',
    '::highlight(dgnb-kept)'].map(name => getComputedStyle(words, name));
  return styles.map(({color, backgroundColor}) => {
    const [one, two] = [light(color, page), light(backgroundColor, page)];
    return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
  });
}"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with its audio in it."""
    return long.analysed(300).to_html(
        tmp_path_factory.mktemp("page") / "call.html", audio=long.tone(120), title="A call"
    )


@pytest.fixture
def asked(page: Any) -> Iterator[list[str]]:
    """What the page asks for, beside itself."""
    found: list[str] = []
    page.context.set_offline(True)
    page.on("request", lambda request: found.append(request.url))
    page.on("dialog", lambda dialog: found.append(dialog.message))
    page.on("console", lambda message: found.append(message.text))
    yield found
    assert [url for url in found[1:] if not url.startswith("data:")] == []


@pytest.mark.parametrize("highlights", [True, False], ids=["highlights", "elements"])
def test_a_page_alone_plays_marks_and_searches(
    page: Any, asked: list[str], exported: Path, highlights: bool
) -> None:
    if not highlights:
        page.add_init_script(NO_HIGHLIGHTS)
    page.goto(exported.as_uri())
    page.wait_for_function("() => document.querySelector('audio').readyState > 0")
    page.mouse.click(*page.evaluate(long.BOX, 200))
    page.wait_for_function(f"() => document.querySelector('audio').currentTime > {201 * long.STEP + 0.05}")
    page.keyboard.press(" ")
    (now,) = page.evaluate(long.MARKED, "dgnb-now")
    at = page.evaluate("document.querySelector('audio').currentTime")
    assert int(now[4:]) == pytest.approx(at / long.STEP, abs=1)

    # Where a word is found does not depend on how words are marked.
    page.keyboard.press("/")
    page.keyboard.type("word203 word204")
    page.keyboard.press("Enter")
    assert "".join(page.evaluate(long.MARKED, "dgnb-found")) == "word203 word204"
    page.keyboard.press("Escape")
    page.mouse.click(*page.evaluate(long.BOX, 204))
    page.wait_for_function(f"() => document.querySelector('audio').currentTime >= {204 * long.STEP - 0.001}")
    page.keyboard.press(" ")
    page.get_by_label("Confidence").select_option("0.5")
    page.wait_for_function(
        "([marked, name]) => eval(marked)(name).includes('word203')", arg=[long.MARKED, "dgnb-kept"]
    )
    page.get_by_role("img", name="Waveform").click(position={"x": 1, "y": 10})
    page.wait_for_function("() => document.querySelector('audio').currentTime < 1")


def test_a_page_without_script_has_all_text_and_plays(browser: Any, exported: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(exported.as_uri())
    text = page.locator(".dgnb-words").inner_text()
    assert [f"word{number}" in text for number in (0, 150, 299)] == [True] * 3
    assert "0:24 Speaker 1" in text
    assert page.locator("audio[controls]").is_visible()
    assert page.locator("svg").is_visible()
    context.close()


def test_a_notebook_that_is_only_looked_at_shows_the_text_and_links(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("call.wav").write_bytes(long.tone(20))
    html = long.transcript(50).player("call.wav", embed=False).html
    output = nbformat.v4.new_output("display_data", {"text/html": html, "text/plain": "<player>"})
    cell = nbformat.v4.new_code_cell("call.player()", outputs=[output])
    made, _ = HTMLExporter(sanitize_html=True).from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    Path("view.html").write_text(made)
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((tmp_path / "view.html").as_uri())
    assert page.get_by_text("word49").count() == 1
    assert page.get_by_role("link", name="0:00").get_attribute("href") == "call.wav#t=0.00"
    assert page.locator(".jp-OutputArea-output script").count() == 0
    context.close()


def test_hostile_text_stays_text(page: Any, asked: list[str], tmp_path: Path) -> None:
    words = [
        {"word": text, "start": number, "end": number + 0.5, "confidence": 0.9}
        for number, text in enumerate(HOSTILE.values())
    ]
    alternative = {"transcript": " ".join(HOSTILE.values()), "words": words}
    segment = {"text": "", "start_word": 0, "end_word": 0}
    topics = [{"topic": text, "confidence_score": 1} for text in HOSTILE.values()]
    call = Transcript.from_json(
        {
            "results": {
                "channels": [{"alternatives": [alternative]}],
                "topics": {"segments": [segment | {"topics": topics}]},
            }
        }
    )
    page.goto(call.to_html(tmp_path / "hostile.html", title=HOSTILE["tag"]).as_uri())
    page.wait_for_function(long.READY)
    assert page.locator("img, .dgnb-words :not(p)").count() == 0
    shown = page.locator(".dgnb-words").evaluate("element => element.textContent")
    for name in (
        "tag",
        "closing tags",
        "attribute",
        "style",
        "comment",
        "entity",
        "emoji",
        "arabic",
        "money",
    ):
        assert HOSTILE[name] in shown
    page.keyboard.press("Tab")
    page.locator(".dgnb-words").focus()
    for text in HOSTILE.values():
        page.keyboard.press("ArrowRight")
        (marked,) = page.evaluate(long.MARKED, "dgnb-now")
        assert len(marked) == len(text)
    page.get_by_label("Search in the transcript").fill(HOSTILE["tag"])
    page.keyboard.press("Enter")
    assert page.evaluate(long.MARKED, "dgnb-found") == [HOSTILE["tag"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_has_a_name_and_can_be_read(page: Any, exported: Path, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(exported.as_uri())
    page.wait_for_function(long.READY)
    named = page.evaluate(NAMED)
    assert len(named) >= 9
    assert [element for element, name in named if not name] == []
    assert len({name for _, name in named}) == len(named)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(ids) == len(set(ids))
    assert min(page.evaluate(CONTRAST)) >= 4.5
    # By Tab from the search to the words, and nothing is a trap.
    page.get_by_label("Search in the transcript").focus()
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert reached == ["Speaker", "Confidence", "Sentiment", "Topic", "Words"]

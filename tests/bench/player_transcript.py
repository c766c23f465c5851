"""How long a hundred thousand words take to be shown in JupyterLab, and how smoothly they scroll."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from playwright.sync_api import sync_playwright

from dgnb.results import Transcript
from tests.bench.frames import WORDS, reply
from tests.browser import lab as labs

RUNS = 5

# As JupyterLab shows an output: HTML first, then each script made anew.
SHOW = """async () => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[0];
  const html = cell.model.outputs.get(0).data['text/html'];
  const old = cell.node.querySelector('.jp-RenderedHTML');
  const place = document.createElement('div');
  place.className = old.className;
  const begin = performance.now();
  place.innerHTML = html;
  old.replaceWith(place);
  for (const script of place.querySelectorAll('script')) {
    const made = document.createElement('script');
    for (const {name, value} of script.attributes) made.setAttribute(name, value);
    made.textContent = script.textContent;
    script.replaceWith(made);
  }
  const built = performance.now();
  await new Promise(requestAnimationFrame);
  const {port1, port2} = new MessageChannel();
  await new Promise(done => { port1.onmessage = done; port2.postMessage(0); });
  return [built - begin, performance.now() - begin, place.querySelectorAll('*').length];
}"""

SCROLL = """async ([frames, step]) => {
  const words = document.querySelector('.dgnb-words');
  words.scrollTop = 0;
  let last = await new Promise(requestAnimationFrame);
  const taken = [];
  for (let i = 0; i < frames; i++) {
    words.scrollTop += step;
    const now = await new Promise(requestAnimationFrame);
    taken.push(now - last);
    last = now;
  }
  return taken;
}"""

SEARCH = """text => {
  const field = document.querySelector('.dgnb-bar input');
  const begin = performance.now();
  field.value = text;
  field.dispatchEvent(new Event('input'));
  return [performance.now() - begin, document.querySelector('.dgnb-bar output').textContent];
}"""


@contextmanager
def shown() -> Iterator[Any]:
    """A page of JupyterLab with a player of so many words in its first cell."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        root, home = Path(folder, "root"), Path(folder, "home")
        root.mkdir()
        home.mkdir()
        (root / "long.json").write_bytes(reply())
        browser = playwright.chromium.launch(executable_path=labs.chromium(), args=labs.CHROMIUM)
        with labs.lab(root, home) as lab:
            page = browser.new_page(viewport={"width": 1200, "height": 900})
            cell = "from dgnb import Transcript\nTranscript.load('long.json').player()"
            labs.open_notebook(page, lab.write(cell))
            assert labs.run_all(page)
            yield page
        browser.close()


def main() -> None:
    """Print the figures."""
    transcript = Transcript.from_json(reply())
    begin = perf_counter()
    html = transcript.player().html
    print(f"{WORDS:,} words: {len(html.encode()) / 1e6:.2f} MB, made in {perf_counter() - begin:.2f} s")
    with shown() as page:
        runs = [page.evaluate(SHOW) for _ in range(RUNS)]
        built, painted = (median(run[at] for run in runs) for at in (0, 1))
        print(f"  built    {built:6.0f} ms, painted {painted:4.0f} ms (wanted: < 250)")
        print(f"  elements {runs[0][2]:6,} (wanted: < 3,000)")
        for name, step in (("wheel", 120), ("fast", 2000)):
            taken = page.evaluate(SCROLL, [300, step])
            cuts = quantiles(taken, n=20)
            print(f"  scroll {name:6} p50 {median(taken):4.1f} ms, p95 {cuts[18]:4.1f} ms (wanted: < 20)")
        for text in ("e", "the", "hdr nt"):
            took, told = page.evaluate(SEARCH, text)
            print(f"  search {text!r:9} {took:5.0f} ms, {told}")


if __name__ == "__main__":
    main()

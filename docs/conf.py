"""How the documentation is built: ``task docs``. Nothing is fetched, and no notebook is run."""

import sys
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

import dgnb  # noqa: E402 - found by the line above, installed or not

# Sphinx reads only what is below its own folder.
rmtree(HERE / "notebooks", ignore_errors=True)
copytree(ROOT / "notebooks", HERE / "notebooks", ignore=ignore_patterns("audio", "dashboards", ".*"))

project, version, release = "dgnb", dgnb.__version__, dgnb.__version__
language = "en"
html_title = f"dgnb {release}"

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_nb", "docs.directives"]
exclude_patterns = ["_build"]
default_role = "py:obj"  # `name` in a docstring: a link where there is such a thing

autodoc_typehints = "none"  # the docstrings tell types, with units and shapes
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_param = False  # what a type is called in words, "(array, rate)", is no link
napoleon_custom_sections = [("Options", "params_style")]

myst_heading_anchors = 3
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # what notebooks store is static HTML; nothing is loaded from elsewhere

html_theme = "furo"
html_static_path: list[str] = []
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False

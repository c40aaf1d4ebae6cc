"""How the documentation is built: plain Sphinx, every reference checked."""

import sys
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parent.parent))

from sessionm_braze import __version__


project = "sessionm-braze"
author = "The sessionm-braze authors"
copyright = "2026, The sessionm-braze authors"  # noqa: A001 - Sphinx calls it so
version = release = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"page_width": "1100px", "sidebar_width": "240px"}

default_role = "any"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_typehints = "signature"
napoleon_google_docstring = True
napoleon_numpy_docstring = False

# Only references to this package can be checked without a network.
nitpick_ignore_regex = [("py:.*", r"(?!sessionm_braze\b).*"), ("any", r".*")]

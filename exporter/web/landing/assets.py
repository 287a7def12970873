"""Style and script of the pages: nothing is loaded from elsewhere, no state is told by colour alone."""

from importlib.resources import files

from exporter.hypertext import source_of

_HERE = files(__package__)
STYLE = _HERE.joinpath("style.css").read_text("utf-8")
SCRIPT = _HERE.joinpath("script.js").read_text("utf-8")

POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src {source_of(STYLE)}",
        f"script-src {source_of(SCRIPT)}",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""The pages' Content-Security-Policy: this style, this script, and nothing from elsewhere."""

"""Style and script of the pages: nothing is loaded from elsewhere, no state is told by colour alone."""

import base64
import hashlib
from importlib.resources import files

_HERE = files(__package__)
STYLE = _HERE.joinpath("style.css").read_text("utf-8")
SCRIPT = _HERE.joinpath("script.js").read_text("utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src {_hash(STYLE)}",
        f"script-src {_hash(SCRIPT)}",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""The pages' Content-Security-Policy: this style, this script, and nothing from elsewhere."""

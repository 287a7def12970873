"""How the landing page looks. Nothing is loaded from elsewhere, and a state is never told by colour alone."""

import base64
import hashlib
from importlib.resources import files

STYLE = files(__package__).joinpath("style.css").read_text("utf-8")

_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{_HASH}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The page's Content-Security-Policy: this style, no script, nothing from anywhere."""

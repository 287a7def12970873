"""The landing page: what is known, for people, on one page without anything from elsewhere."""

from exporter.web.landing.page import POLICY, render

__all__ = ["POLICY", "render"]

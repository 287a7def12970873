"""A single curve is applied or told of, whatever Python can do."""

import pytest

from exporter.config.curves import OPENSSL_NAMES, can_be_alone
from exporter.config.departures import departures
from exporter.config.web import load_web
from tests.web.certificates import write_all


@pytest.mark.parametrize("curve", OPENSSL_NAMES)
def test_a_curve_that_cannot_be_alone_is_told_of(curve, tmp_path):
    write_all(tmp_path)
    file = tmp_path / "web.yml"
    pair = "cert_file: server.crt, key_file: server.key"
    file.write_text(f"tls_server_config: {{{pair}, curve_preferences: [{curve}]}}")
    assert bool(departures(load_web(file))) == (not can_be_alone(curve))


@pytest.mark.parametrize("curve", ["CurveP256", "CurveP384", "CurveP521"])
def test_nists_curves_can_be_alone_with_any_python(curve):
    assert can_be_alone(curve)

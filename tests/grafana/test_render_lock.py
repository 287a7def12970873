"""What draws the dashboards in tests: pinned versions and hashes, from anywhere, under free licences."""

import json
from pathlib import Path

PACKAGES = json.loads((Path(__file__).parent / "render" / "package-lock.json").read_text())["packages"]
OWN = PACKAGES.pop("")
OF_GRAFANA = {
    name: package for name, package in PACKAGES.items() if name.startswith("node_modules/@grafana/")
}


def test_each_package_is_pinned_by_its_hash_and_bound_to_no_registry():
    assert all(package["integrity"].startswith("sha512-") for package in PACKAGES.values())
    assert not any("resolved" in package for package in PACKAGES.values())


def test_what_is_asked_for_is_one_version():
    assert all(version[0].isdecimal() for version in OWN["dependencies"].values())


def test_what_is_grafanas_is_under_apache_2_or_what_it_took_over_under_mit():
    own = {name for name in OF_GRAFANA if name.count("node_modules/") == 1}
    assert {OF_GRAFANA[name]["license"] for name in own} == {"Apache-2.0", "MIT"}
    assert {name for name in own if OF_GRAFANA[name]["license"] == "MIT"} == {
        "node_modules/@grafana/react-data-grid"
    }


def test_no_licence_asks_for_more_than_a_notice():
    licences = " ".join(str(package.get("license", "")) for package in PACKAGES.values())
    assert "GPL" not in licences
    assert "SSPL" not in licences

"""The demo, and what goes wrong in it on request."""

import json

from exporter.__main__ import main
from tests.end_to_end.conftest import get, running, wait_for

ARGUMENTS = ("demo", "--accounts=3", "--ous=1", "--web.listen-address=127.0.0.1:0")


def test_the_demo_lets_an_account_and_an_ou_go_wrong_on_request(tmp_path):
    with running(tmp_path, *ARGUMENTS, "--failing-account", "--stale-ou", anew=True) as demo:
        demo.wait_until_listening()
        [line] = wait_for(lambda: demo.logged("/_simulation/faults"), "the address of the faults")
        account, unit = json.loads(get(line.split()[0])[1])
    assert (account["kind"], account["entity"].isdecimal()) == ("failed", True)
    assert (unit["kind"], unit["entity"].startswith("ou-")) == ("stuck", True)


def test_the_demo_needs_what_is_to_go_wrong(capsys):
    assert main(["demo", "--ous=0", "--stale-ou"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[-1] == "error: the demo has no organizational unit that could go wrong"

import os

import pytest

from exporter.errors import UserError
from exporter.web.socket_activation import handed_over

OURS = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"LISTEN_FDS": "1"},
        {**OURS, "LISTEN_PID": "1"},
        {**OURS, "LISTEN_FDS": "0"},
        {**OURS, "LISTEN_FDS": "-1"},
        {**OURS, "LISTEN_FDS": "x"},
    ],
)
def test_without_a_socket_for_this_process_there_is_a_clear_line(variables):
    with pytest.raises(UserError, match="handed over no socket"):
        handed_over(variables)


def test_the_variables_are_not_left_to_a_child():
    variables = {**OURS, "LISTEN_FDNAMES": "web", "PATH": "/bin"}
    handed_over(variables)
    assert variables == {"PATH": "/bin"}

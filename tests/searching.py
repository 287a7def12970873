"""How long a search of Hypothesis goes on."""

from hypothesis import settings


def examples(number):
    """``number`` where slow tests run as well, fewer in the suite that is run often."""
    return number * settings.default.max_examples // settings.get_profile("any machine").max_examples

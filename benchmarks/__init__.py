"""Every claim about speed and memory in this repository comes from here: ``make bench``."""

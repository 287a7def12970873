"""Log lines, and the daemon's own counters.

It never decides: it counts and writes down.
"""

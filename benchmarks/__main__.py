"""Run all benchmarks, or those named: ``python -m benchmarks [slots] …``."""

import logging

import structlog

from benchmarks import slots

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
print(slots.report())

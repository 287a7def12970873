# The image of the exporter. For the demo as well: --build-arg REQUIREMENTS=demo
# For the same bytes again: --build-arg PYTHON_DIGEST=sha256:… --build-arg SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)"
ARG PYTHON=3.13-slim-bookworm
ARG PYTHON_DIGEST=

FROM python:${PYTHON}${PYTHON_DIGEST:+@${PYTHON_DIGEST}} AS base


FROM base AS build
ARG REQUIREMENTS=serve
ARG SOURCE_DATE_EPOCH=0
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

# Every file that enters the image from outside is held to its hash here; nothing below asks the network.
COPY requirements/${REQUIREMENTS}.txt requirements/
RUN pip download --quiet --require-hashes --only-binary :all: --dest /wheels --requirement requirements/${REQUIREMENTS}.txt

COPY pyproject.toml README.md LICENSE ./
COPY exporter exporter
RUN pip wheel --quiet --no-index --find-links /wheels --no-deps --wheel-dir /wheels .

# The locks also hold what builds the wheel: asking for the program leaves that behind.
# pyc files that are never checked against their source are the same in every build, and need no writable disk.
# Without an index there is but the one version that the lock names, which hadolint cannot see.
# hadolint ignore=DL3013
RUN python -m venv --without-pip /app \
    && pip --python /app/bin/python install --quiet --no-index --find-links /wheels --no-compile "org-access-exporter[${REQUIREMENTS}]" \
    && python -m compileall -q --invalidation-mode unchecked-hash /app/lib


FROM base
ARG PYTHON
ARG PYTHON_DIGEST
ARG VERSION=0.2.0
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="org-access-exporter" \
      org.opencontainers.image.description="Prometheus exporter for AWS IAM Organizations access reports" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="python:${PYTHON}" \
      org.opencontainers.image.base.digest="${PYTHON_DIGEST}"

COPY --from=build /app /app
# Not copied: of a directory that is copied, builders leave the owner to root. Its group is root's, and may write: OpenShift
# runs a container as a number of its own choice in that group.
RUN install -d -o 65534 -g 0 -m 0770 /var/lib/org-access-exporter

# HEALTH_URL is for those who serve TLS or ask for a password on the main port and listen for probes elsewhere.
ENV PATH=/app/bin:${PATH} \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ORG_ACCESS_EXPORTER_STATE_URL=sqlite:////var/lib/org-access-exporter/state.db \
    HEALTH_URL=http://127.0.0.1:10078/-/healthy

# nobody, by number: Kubernetes can tell that it is not root only by the number.
USER 65534:65534
# The one place that is written to, also with --read-only.
VOLUME /var/lib/org-access-exporter
EXPOSE 10078
# It asks itself, and no proxy for it: builders put a company's proxy into every container.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open(os.environ['HEALTH_URL'], timeout=4)"]
ENTRYPOINT ["org-access-exporter"]
CMD ["serve"]

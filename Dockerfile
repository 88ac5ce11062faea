# The services. docker-compose.yml says how they run together.
FROM python:3.12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
WORKDIR /src
COPY pyproject.toml setup.py constraints.txt README.md ./
COPY headrace headrace
COPY producers producers
COPY consumers consumers
COPY analytics analytics
RUN python -m venv /opt/headrace && /opt/headrace/bin/pip install --no-cache-dir -c constraints.txt '.[services]'

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home --home-dir /var/lib/headrace --shell /usr/sbin/nologin headrace
COPY --from=build /opt/headrace /opt/headrace
ENV PATH=/opt/headrace/bin:$PATH PYTHONUNBUFFERED=1
USER headrace
WORKDIR /var/lib/headrace
ENTRYPOINT ["headrace"]
CMD ["--help"]

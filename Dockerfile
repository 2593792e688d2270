# syntax=docker/dockerfile:1

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libhiredis-dev libsqlite3-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# Dependencies first: they change less often than the sources, so their layer stays cached.
COPY Package.* ./
RUN swift package resolve
COPY . .
RUN swift build -c release --static-swift-stdlib --product stepstream \
    && swift build -c release --static-swift-stdlib --product orders \
    && install -D -t /out "$(swift build -c release --show-bin-path)/stepstream" "$(swift build -c release --show-bin-path)/orders"

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl libhiredis0.14 libsqlite3-0 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/stepstream --shell /usr/sbin/nologin stepstream \
    && install -d -o stepstream /data
COPY --from=build /out/ /usr/local/bin/
COPY config/operations/ /etc/stepstream/operations/
COPY Examples/Orders/Data/ /usr/local/share/stepstream/orders/
USER stepstream
WORKDIR /var/lib/stepstream
EXPOSE 8080
# Checks liveness, not readiness: an outage of Redis is no reason to restart the API.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/healthz"]
# On SIGTERM the process takes no new work, and finishes or releases what it runs.
STOPSIGNAL SIGTERM
ENTRYPOINT ["stepstream"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080", "--definitions", "/etc/stepstream/operations"]

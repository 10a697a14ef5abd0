# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpcap-dev libsqlite3-dev libgraphviz-dev pkg-config zlib1g-dev libre2-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Sources ./Sources
COPY Tests ./Tests
COPY public ./public
RUN swift build -c release --product svcmap --static-swift-stdlib \
    && install -D -m 0755 "$(swift build -c release --show-bin-path)/svcmap" /out/svcmap

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpcap0.8 libsqlite3-0 libgvc6 librsvg2-bin fonts-dejavu-core zlib1g libre2-9 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /data svcmap
COPY --from=build /out/svcmap /usr/local/bin/svcmap
USER svcmap
WORKDIR /data
ENTRYPOINT ["svcmap"]
CMD ["--help"]

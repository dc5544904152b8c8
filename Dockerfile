# The action's image: proxy-bench, and what gateways are usually built with.
#
# The base images are arguments: tags here, so that `uses: ./` and a laptop build
# with what is newest, and digests in a release, which looks them up and is
# published with them (.github/workflows/release.yml).
#
# Plain Dockerfile syntax only: no BuildKit is needed. `--target publish` is the image of
# .github/actions/publish in a release.
#
# Debian trixie is the newest stable one. Its glibc is 2.41: what a step before built on
# Ubuntu 24.04 (2.39) runs here, what it built on 26.04 (2.43) does so only if it asks for
# nothing new, and docs/recipes.md says what to do. The testing release has 2.43, and
# changes its compilers and cmake from week to week.
ARG BASE_IMAGE=debian:trixie-slim
ARG GO_IMAGE=golang:1.27-trixie
ARG RUST_IMAGE=rust:1.99.1-slim-trixie
ARG NODE_IMAGE=node:26-trixie-slim

FROM ${GO_IMAGE} AS go
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY cmd cmd
COPY internal internal
ARG VERSION=
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false \
      -ldflags "-s -w -X github.com/org/proxy-bench-action/internal/host.release=${VERSION}" \
      -o /proxy-bench ./cmd/proxy-bench
# A temporary directory, for an image without any.
RUN mkdir -m 1777 /empty
# What no build reads of a Go toolchain: 50 MB.
RUN cd /usr/local/go \
 && rm -rf api doc misc test \
 && find src -depth \( -name testdata -o -name '*_test.go' \) -exec rm -rf {} +

# proxy-bench alone, with what it needs to reach GitHub: it builds and runs no gateway, so
# that it has no compiler, shell or other program, and starts in seconds.
FROM scratch AS publish
COPY --from=go /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=go /empty /tmp
COPY --from=go /proxy-bench /usr/local/bin/proxy-bench
ENTRYPOINT ["/usr/local/bin/proxy-bench"]
CMD ["publish"]

FROM ${RUST_IMAGE} AS rust

FROM ${NODE_IMAGE} AS node

FROM ${BASE_IMAGE}
# git for the base commit; a C and C++ toolchain, cmake, OpenSSL and protoc with
# its well-known types for crates that build or link native code; Python with venv,
# which adds 26 MB; strace and Valgrind, which count the work of requests, 55 MB without
# Valgrind's other tools. libclang, for bindgen, would add 196 MB, and few gateways want it.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates cmake g++ git libprotobuf-dev libssl-dev make pkg-config \
      protobuf-compiler python3 python3-venv strace valgrind \
 && find /usr/libexec/valgrind -type f ! -name 'callgrind-*' ! -name 'vgpreload_core-*' ! -name '*.xml' ! -name '*.supp' -delete \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log
# The toolchains are anyone's to read; rustup's home is also anyone's to write, as in
# Rust's own images, so that rust-toolchain.toml can bring another toolchain. We, who
# are root, run nothing from there.
COPY --from=rust /usr/local/rustup /usr/local/rustup
COPY --from=rust /usr/local/cargo/bin/rustup /usr/local/bin/rustup
COPY --from=go /usr/local/go /usr/local/go
# Gateways in JavaScript are common enough for 137 MB.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
# bench is who builds and gateways are when nobody else owns the workspace; base is who
# those of the base are. runner is a name for the hosted runners' user, for programs that
# want one. Its group is bench's: the runner's own group may open the Docker socket.
RUN chmod a+w /usr/local/rustup /usr/local/rustup/toolchains \
 && cd /usr/local/bin \
 && for tool in cargo rustc rustdoc cargo-clippy clippy-driver cargo-fmt rustfmt; do ln -s rustup "$tool"; done \
 && ln -s ../go/bin/go ../go/bin/gofmt . \
 && ln -s ../lib/node_modules/npm/bin/npm-cli.js npm \
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js npx \
 && groupadd --gid 64321 bench \
 && useradd --uid 64321 --gid bench --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin bench \
 && groupadd --gid 64322 base \
 && useradd --uid 64322 --gid base --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin base \
 && useradd --uid 1001 --gid bench --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin runner
ENV RUSTUP_HOME=/usr/local/rustup
COPY --from=go /proxy-bench /usr/local/bin/proxy-bench
ENTRYPOINT ["/usr/local/bin/proxy-bench"]
CMD ["gate"]

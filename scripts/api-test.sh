#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Serves the example cluster and has schemathesis compare what it answers with its own OpenAPI
# document: generated requests, good and bad, and every answer against its schema.
#
# usage: scripts/api-test.sh [BINARY]; API_EXAMPLES sets how many requests each phase makes of an operation
set -euo pipefail
cd "$(dirname "$0")/.."

version=4.32.5
environment=.build/schemathesis-$version
if [ ! -x "$environment/bin/schemathesis" ]; then
    rm -rf "$environment"
    if ! { python3 -m venv "$environment" && "$environment/bin/pip" --quiet install "schemathesis==$version"; }; then
        rm -rf "$environment"
        echo "skipped: API test: schemathesis $version cannot be installed (it needs python3-venv and PyPI)"
        # OpenAPITests compare the document with the server all the same.
        exit 0
    fi
fi

binary=${1:-$(swift build -c release --show-bin-path)/svcmap}
work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

"$binary" import Examples/cluster/demo.pcap --inventory Examples/cluster/objects.json --store "$work/map.db" 2>/dev/null
"$binary" serve --store "$work/map.db" --port 0 2>"$work/serve.log" &
server=$!
for _ in $(seq 100); do
    url=$(sed -n 's/.*\(http:\/\/127\.0\.0\.1:[0-9]*\).*/\1/p' "$work/serve.log" | head -n 1)
    [ -n "$url" ] && break
    kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; exit 1; }
    sleep 0.1
done

# Stricter than what is published, which leaves room for keys to come.
python3 scripts/strict-schema.py public/openapi.json >"$work/openapi.json"

# A parameter can be right by itself and wrong beside another (window and from), or be an expression:
# so what a schema allows may get 400. That each says so, and why, is checked all the same.
"$environment/bin/schemathesis" --config-file scripts/schemathesis.toml run "$work/openapi.json" --url "$url" \
    --exclude-path /api/v1/events --phases examples,coverage,fuzzing --exclude-checks positive_data_acceptance \
    --max-examples "${API_EXAMPLES:-20}" --seed 1 --generation-database none --request-timeout 30 --no-color

kill -INT "$server"
wait "$server"
server=

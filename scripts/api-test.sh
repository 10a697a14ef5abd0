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

token=correct-horse-battery-staple
binary=${1:-$(swift build -c release --show-bin-path)/svcmap}
. scripts/serve-example.sh

# Stricter than what is published, which leaves room for keys to come.
python3 scripts/strict-schema.py public/openapi.json >"$work/openapi.json"

# A parameter can be right by itself and wrong beside another (window and from), or be an expression:
# so what a schema allows may get 400. That each says so, and why, is checked all the same.
"$environment/bin/schemathesis" --config-file scripts/schemathesis.toml run "$work/openapi.json" --url "$url" \
    --header "Authorization: Bearer $token" --exclude-path /api/v1/events --phases examples,coverage,fuzzing --exclude-checks positive_data_acceptance \
    --max-examples "${API_EXAMPLES:-20}" --seed 1 --generation-database none --request-timeout 30 --no-color

stop_server

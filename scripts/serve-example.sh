# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# To be sourced: serves the example cluster with $binary at $url, from a folder $work that goes with the script.
# With a $token it is asked for.

work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

"$binary" import Examples/cluster/demo.pcap --inventory Examples/cluster/objects.json --store "$work/map.db" 2>/dev/null
[ -z "${token:-}" ] || printf '%s' "$token" >"$work/token"
"$binary" serve --store "$work/map.db" --port 0 ${token:+--token-file "$work/token"} 2>"$work/serve.log" &
server=$!
for _ in $(seq 100); do
    url=$(sed -n 's/.*\(http:\/\/127\.0\.0\.1:[0-9]*\).*/\1/p' "$work/serve.log" | head -n 1)
    [ -n "$url" ] && break
    kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; exit 1; }
    sleep 0.1
done

# Ctrl-C must end it cleanly, with the last request a moment ago.
stop_server() {
    kill -INT "$server"
    wait "$server"
    server=
}

#!/bin/bash
# What the collector takes for events that come over Lumberjack, and what the store then takes to answer.
#
#   Benchmarks/collector.sh                  two million zap lines of 315 bytes
#   Benchmarks/collector.sh 10               ten million, shipped two million at a time
#   Benchmarks/collector.sh app.log other.log
#
# NEEDLETAIL names another binary, DATA a directory to keep the store in, SHIP further arguments of ship.
# CPU seconds are the collector's own, from its start to the last acknowledgement, user and system.
set -euo pipefail
export LC_ALL=C
needletail=${NEEDLETAIL:-.build/release/needletail}
work=$(mktemp -d)
data=${DATA:-$work/data}
trap 'kill "${collector:-}" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
port=${PORT:-15044}
page=http://127.0.0.1:$((port + 1))

zap() { # first line, number of lines
    awk -v first="$1" -v count="$2" 'BEGIN {
        srand(first + 1)
        split("cache/redis.go:77 http/server.go:97 orders/handler.go:211 payments/client.go:58 storage/postgres.go:304", caller)
        split("request completed,request handled successfully,upstream call finished,cache lookup done", message, ",")
        split("checkout-api catalog payments user-profile search-frontend inventory", service)
        for (i = 0; i < count; i++) {
            bad = rand() < 0.02
            id = ""
            for (j = 0; j < 12; j++) id = id sprintf("%04x", rand() * 65536)
            n = first + i
            printf "{\"level\":\"%s\",\"ts\":%d.%06d,\"caller\":\"%s\",\"msg\":\"%s\",\"service_name\":\"%s\",", \
                bad ? "error" : "info", 1795341600 + n / 5000, n % 5000 * 200, caller[int(rand() * 5) + 1], \
                bad ? "request failed" : message[int(rand() * 4) + 1], service[int(rand() * 6) + 1]
            printf "\"trace_id\":\"%s\",\"span_id\":\"%s\",\"request_id\":\"r~%010d\",\"method\":\"GET\",", \
                substr(id, 1, 32), substr(id, 33), n
            printf "\"path\":\"/api/v1/orders/%d\",\"status\":%d,\"latency\":0.%06d%s}\n", \
                1000 + rand() * 900000, bad ? 500 : 200, rand() * 1000000, \
                bad ? ",\"error\":\"context deadline exceeded\"" : ""
        }
    }'
}

ticks() { sed 's/.*) //' "/proc/$collector/stat" | cut -d' ' -f12,13 | tr ' ' + | bc; }
status() { curl -fs "$page/api/v1/status"; }

"$needletail" collect --data "$data" -E collector.lumberjack.port="$port" -E collector.http.port=$((port + 1)) \
    -E collector.store.retention.size=200GiB -E collector.store.retention.age=10000d 2>"$work/log" &
collector=$!
until status >/dev/null 2>&1; do kill -0 $collector; sleep 0.1; done

lines=0 bytes=0
ship() {
    lines=$((lines + $(wc -l <"$1"))) bytes=$((bytes + $(stat -c %s "$1")))
    # shellcheck disable=SC2086
    "$needletail" ship "$1" --to "lumberjack://127.0.0.1:$port" -q ${SHIP:-}
    echo "$lines lines, $bytes bytes; the collector's CPU $(bc <<<"scale=2; $(ticks) / $(getconf CLK_TCK)") s," \
        "$(bc <<<"$lines * $(getconf CLK_TCK) / $(ticks)") lines per CPU second," \
        "$(grep VmHWM "/proc/$collector/status" | tr -s '\t ' ' ')"
}
if [[ ${1:-2} =~ ^[0-9]+$ ]]; then
    for ((million = 0; million < ${1:-2}; million += 2)); do
        zap $((million * 1000000)) 2000000 >"$work/$million.log"
        ship "$work/$million.log"
        rm "$work/$million.log"
    done
else
    for file; do ship "$file"; done
fi
store=$(du -sb "$data" | cut -f1)
echo "store: $store bytes, $(bc <<<"scale=3; $store / $bytes") of the lines"
status
echo

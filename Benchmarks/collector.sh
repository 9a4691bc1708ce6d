#!/bin/bash
# What the collector takes for events that come over Lumberjack, and what the store then takes to answer.
#
#   Benchmarks/collector.sh                  two million zap lines of 315 bytes
#   Benchmarks/collector.sh 10               ten million, shipped two million at a time
#   Benchmarks/collector.sh app.log other.log
#   DATA=store Benchmarks/collector.sh 0     asks the store of an earlier run
#
# NEEDLETAIL names another binary, DATA a directory to keep the store in, SHIP further arguments of ship.
# CPU seconds are the collector's own, from its start to the last acknowledgement, user and system. Of the lines made here
# every hundredth is one of a trace of 50; the others have a trace id of their own, which the index likes least.
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
            if (n % 5000 == 0) shared = substr(id, 1, 32)
            trace = n % 100 == 0 ? shared : substr(id, 1, 32)
            printf "{\"level\":\"%s\",\"ts\":%d.%06d,\"caller\":\"%s\",\"msg\":\"%s\",\"service_name\":\"%s\",", \
                bad ? "error" : "info", 1795341600 + n / 5000, n % 5000 * 200, caller[int(rand() * 5) + 1], \
                bad ? "request failed" : message[int(rand() * 4) + 1], service[int(rand() * 6) + 1]
            printf "\"trace_id\":\"%s\",\"span_id\":\"%s\",\"request_id\":\"r~%010d\",\"method\":\"GET\",", \
                trace, substr(id, 33), n
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
((bytes == 0)) || echo "store: $store bytes, $(bc <<<"scale=3; $store / $bytes") of the lines"
status
echo
lines=$(status | grep -oE '"events":[0-9]+' | head -1 | cut -d: -f2)

ask() { # a question to the API, asked seven times: the first time and the median, of the whole request
    local url=$page/api/v1/$1 times
    times=$(for _ in {1..7}; do curl -fsS -o "$work/answer" -w '%{time_total}\n' "$url"; done)
    echo "$1: first $(head -1 <<<"$times") s, median $(sort -n <<<"$times" | sed -n 4p) s," \
        "$(grep -oE '"(total|estimated|sampled|took_ms)":[^,}]+' "$work/answer" | awk -F: '!seen[$1]++' | tr '\n' ' ')"
}
ask "search?q=*"
ask "search?q=%22context+deadline%22"
ask "search?q=level:error+service:payments"
ask "search?q=request+completed"
ask "search?q=nosuchword"
ask "histogram?q=*"
ask "histogram?q=level:error"
ask "histogram?q=service:payments"
ask "histogram?q=deadline"
ask "histogram?q=completed"
ask "facets?q=*"
# The first trace, one in the middle, the last: their lines lie 100 apart.
for number in 0 $((lines / 10000 * 5000)) $((lines - 5000)); do
    trace=$(curl -fs "$page/api/v1/search?q=r~$(printf %010d "$number")&limit=1" | grep -oE '"trace_id":"[0-9a-f]+"' | cut -d'"' -f4)
    ask "trace/$trace"
    echo "  $(grep -o '"key"' "$work/answer" | wc -l) lines"
done
grep VmHWM "/proc/$collector/status"

#!/bin/bash
# Gates on counts, which repeat where seconds do not: each case of needletail-bench runs under valgrind with N and with
# 2N lines, so that the difference is what N lines cost.
#
#   Benchmarks/gate.sh                    all cases
#   Benchmarks/gate.sh escape             these cases
#   Benchmarks/gate.sh --record           writes the instructions per line of all cases to thresholds.txt
#
# Fails when N lines allocate more than thresholds.txt allows, or when a line takes 10 % more instructions than recorded.
# BENCH names another binary, LINES another N. Only a release build's counts mean something.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
bench=${BENCH:-$here/../.build/release/needletail-bench}
thresholds=$here/thresholds.txt
lines=${LINES:-20000}
# Allocations that two runs may differ by, whatever the lines: an array that grew once more, a thread that came late.
slack=16
# Percent above the recorded instructions per line.
tolerance=10

fail() {
    echo "gate.sh: $*" >&2
    exit 2
}

command -v valgrind > /dev/null ||
    fail "valgrind is missing, so nothing was checked; install it (Debian: apt-get install valgrind)"
test -x "$bench" ||
    fail "$bench is missing; build it: swift build -c release --static-swift-stdlib --product needletail-bench"

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# valgrind's own words about a run: TOOL CASE LINES [OPTION]...
run() {
    local tool=$1 name=$2 count=$3
    shift 3
    valgrind --tool="$tool" "$@" "$bench" --case "$name" --lines "$count" > "$log" 2>&1 ||
        { cat "$log" >&2; fail "'$name' did not run under valgrind"; }
}

# Calls of malloc and its like in a whole run: CASE LINES
allocations() {
    run memcheck "$1" "$2" --leak-check=no --undef-value-errors=no
    sed -n 's/.*total heap usage: \([0-9,]*\) allocs.*/\1/p' "$log" | tr -d ,
}

# Instructions of a whole run: CASE LINES
instructions() {
    run callgrind "$1" "$2" --callgrind-out-file=/dev/null
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$log"
}

# A column of a case's row: CASE COLUMN
column() {
    awk -F' *[|] *' -v name="$1" -v column="$2" '$1 == name { print $column }' "$thresholds"
}

# Puts the instructions per line into a case's row: CASE NUMBER
record() {
    local text
    text=$(awk -F' *[|] *' -v name="$1" -v number="$2" \
        '$1 == name { printf "%-17s | %4s | %6s\n", $1, $2, number; next } { print }' "$thresholds")
    printf '%s\n' "$text" > "$thresholds"
}

# CASE: prints its line, returns 1 when a threshold is passed.
check() {
    local name=$1 once twice allowed made expected cost verdict=ok
    allowed=$(column "$name" 2)
    expected=$(column "$name" 3)
    test -n "$allowed" || fail "'$name' has no row in $thresholds"

    once=$(allocations "$name" "$lines")
    twice=$(allocations "$name" $((2 * lines)))
    made=$((twice - once))
    test "$made" -le $((slack + allowed * lines / 1000)) ||
        verdict="FAILED: more allocations than $allowed per 1000 lines"

    once=$(instructions "$name" "$lines")
    twice=$(instructions "$name" $((2 * lines)))
    cost=$(((twice - once) / lines))
    if test -n "$recording"; then
        record "$name" "$cost"
    elif test "$expected" = -; then
        test "$verdict" != ok || verdict="ok, no instructions recorded yet"
    elif test $((cost * 100)) -gt $((expected * (100 + tolerance))); then
        verdict="FAILED: more than $expected instructions per line by over $tolerance %"
    fi
    printf '%-18s%7d allocations in %d lines%9d instructions/line   %s\n' "$name" "$made" "$lines" "$cost" "$verdict"
    [[ $verdict != FAILED* ]]
}

recording=
if test "${1:-}" = --record; then
    recording=yes
    shift
fi
if test $# -eq 0; then
    mapfile -t cases < <("$bench" --list)
    test ${#cases[@]} -gt 0 || fail "$bench names no cases"
    set -- "${cases[@]}"
fi
failed=0
for name in "$@"; do
    check "$name" || failed=1
done
exit $failed

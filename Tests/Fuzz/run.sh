#!/bin/sh
# Runs each fuzzer for FUZZ_SECONDS (60), or those that are named. What crashes or contradicts itself is left in
# .build-fuzz/findings; once it is mended, put the file into Tests/Fuzz/Corpus/TARGET, where the tests replay it.
set -eu
cd "$(dirname "$0")/../.."
fuzz=.build-fuzz/release/needletail-fuzz
failed=
for target in ${*:-$($fuzz)}; do
    echo "== $target"
    work=.build-fuzz/corpus/$target
    mkdir -p "$work" .build-fuzz/findings
    $fuzz "$target" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -verbosity=0 -artifact_prefix=".build-fuzz/findings/$target-" \
        "$work" "Tests/Fuzz/Corpus/$target" || failed="$failed $target"
done
test -z "$failed" || { echo "Found something:$failed"; exit 1; }

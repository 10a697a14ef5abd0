#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Builds the libFuzzer harnesses of Fuzz/ and runs each for FUZZ_SECONDS (60), or only those named:
#
#   scripts/fuzz.sh [HARNESS...]
#   scripts/fuzz.sh Engine Dissector/redis
#
# Dissector is run once for each protocol, FUZZ_JOBS (as many as there are processors) at a time: with
# two processors all of it takes 20 minutes.
#
# The address sanitizer is on, because tables of flows lie in raw memory, and so are the checks of
# exclusive access that an ordinary release build leaves out. The first build takes minutes.
#
# Inputs that were found worth keeping stay in .build-fuzz/corpus; one that broke something lies
# in .build-fuzz/found and ends the run with an error. SVCMAP_CORPUS (default ../shared/corpus)
# adds seeds where it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-60}
jobs=${FUZZ_JOBS:-$(nproc)}
scratch=.build-fuzz
runs=("$@")
if [ $# -eq 0 ]; then
    runs=(PacketHeaders CaptureFile Stream Datagrams Engine ObjectDump Expression Tables Blocks)
    # FuzzTests sees to it that every protocol has a folder.
    for folder in Fuzz/Regressions/Dissector/*; do runs+=("Dissector/${folder##*/}"); done
fi

# SwiftPM renames an executable's entry point, which libFuzzer has its own of: the modules are
# built by SwiftPM, the harnesses are linked with them by hand.
for target in Collector Kubernetes; do
    # Both in one option: of two options swiftc takes one, and SwiftPM gives them in any order.
    swift build -c release --sanitize=fuzzer -Xswiftc -sanitize=fuzzer,address \
        -Xswiftc -enforce-exclusivity=checked --target $target --scratch-path $scratch
done
release=$scratch/release
# The name that decides who sees `package` declarations is that of the folder.
package=$(grep '"-module-name","Collector"' $scratch/release.yaml | grep -o '"-package-name","[^"]*"' | head -n 1 | cut -d '"' -f 4)
mkdir -p $scratch/bin $scratch/entries $scratch/seeds $scratch/corpus $scratch/found
rm -rf $scratch/seeds
python3 Fuzz/seeds.py $scratch/seeds "${SVCMAP_CORPUS:-../shared/corpus}"

link() {
    local name=$1 sources modules objects libraries folder object table module
    # In the test run all harnesses are in one module, so their names differ; libFuzzer knows one.
    {
        echo '@c(LLVMFuzzerTestOneInput)'
        echo "public func entry(_ start: UnsafeRawPointer?, _ count: Int) -> CInt { unsafe fuzz$name(start, count) }"
    } >"$scratch/entries/${name}Entry.swift"
    sources=(Fuzz/Support/{FuzzBytes,Require}.swift "Fuzz/$name.swift" "$scratch/entries/${name}Entry.swift")
    modules=(Collector FlowModel)
    case $name in
    Stream | Datagrams | Dissector) sources+=(Fuzz/Support/{FollowerHarness,StreamScript,HeapSize}.swift) ;;
    CaptureFile | Engine) sources+=(Fuzz/Support/ScratchFile.swift) ;;
    ObjectDump) modules=(Kubernetes Graph CRE2 FlowModel) ;;
    Expression) modules=(Graph CRE2 FlowModel) ;;
    Tables)
        # No other module sees them.
        for table in Memory/Slab Flows/{SlotNumber,SlotIndex,FlowDirection,SightingTable}; do
            sources+=("Sources/Collector/$table.swift")
        done
        sources+=(Fuzz/Support/SightingModel.swift)
        modules=(FlowModel)
        ;;
    Blocks)
        sources+=(Sources/Storage/Blocks/*.swift Tests/StorageTests/Blocks/Resealing.swift Sources/Storage/Folding/Words.swift)
        modules=(FlowModel)
        ;;
    esac
    objects=()
    for module in "${modules[@]}"; do objects+=("$release/$module.build"/*.o); done
    libraries=()
    if [ "${modules[0]}" = Collector ]; then
        for folder in "$release"/{Crypto,CryptoBoringWrapper,CCryptoBoringSSL,CCryptoBoringSSLShims,CXKCP,CXKCPShims}.build; do
            while read -r object; do objects+=("$object"); done < <(find "$folder" -name '*.o' 2>/dev/null)
        done
        libraries=(-lz -lpcap -lstdc++)
    fi
    [[ " ${modules[*]} " != *" CRE2 "* ]] || libraries+=(-lre2 -lstdc++)
    swiftc -O -parse-as-library -module-name Harness -sanitize=fuzzer,address -package-name "$package" -swift-version 6 \
        -strict-memory-safety -enable-experimental-feature Lifetimes -enable-upcoming-feature InternalImportsByDefault \
        -I "$release/Modules" -Xcc -fmodule-map-file=Sources/CZlib/module.modulemap \
        -Xcc -fmodule-map-file=Sources/CPcap/module.modulemap \
        "${sources[@]}" "${objects[@]}" "${libraries[@]}" -o "$scratch/bin/$name" \
        2>&1 | { grep -v "Cannot export local symbol '__asan" || true; }

}

fuzz() {
    local run=$1 harness=${1%%/*} name=${1//\//-} protocol=
    [ "$harness" = "$run" ] || protocol=${run#*/}
    mkdir -p "$scratch/corpus/$run" "$scratch/seeds/$run"
    local folders=("$scratch/corpus/$run" "$scratch/seeds/$run")
    [ ! -d "Fuzz/Regressions/$run" ] || folders+=("Fuzz/Regressions/$run")
    # Swift's own report of a crash would come first, and libFuzzer could not keep the input.
    SWIFT_BACKTRACE=enable=no FUZZ_PROTOCOL=$protocol "$scratch/bin/$harness" -max_total_time="$seconds" -max_len=16384 \
        -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 -verbosity=1 -artifact_prefix="$scratch/found/$name-" \
        "${folders[@]}" >"$scratch/$name.log" 2>&1 || { tail -n 40 "$scratch/$name.log" >&2; return 1; }
    echo "== $run: $seconds s"
    grep -E 'INITED|DONE|stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' "$scratch/$name.log"
}

harnesses=()
for run in "${runs[@]}"; do
    [[ " ${harnesses[*]} " == *" ${run%%/*} "* ]] || harnesses+=("${run%%/*}")
done
for harness in "${harnesses[@]}"; do link "$harness"; done

# All are run, whatever one finds.
running=0 failures=0
for run in "${runs[@]}"; do
    # Harnesses that read files have one to themselves; the rest share nothing.
    if [ $running -ge "$jobs" ]; then
        wait -n || failures=$((failures + 1))
        running=$((running - 1))
    fi
    fuzz "$run" &
    running=$((running + 1))
done
while [ $running -gt 0 ]; do
    wait -n || failures=$((failures + 1))
    running=$((running - 1))
done
[ $failures -eq 0 ] || { echo "fuzz: $failures of ${#runs[@]} found something: see $scratch/found" >&2; exit 1; }

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Builds the libFuzzer harnesses of Fuzz/ and runs each for FUZZ_SECONDS (60), or only those named:
#
#   scripts/fuzz.sh [HARNESS...]
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
scratch=.build-fuzz
harnesses=("$@")
[ $# -gt 0 ] || harnesses=(PacketHeaders CaptureFile Stream Datagrams Engine ObjectDump Tables)

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
python3 Fuzz/seeds.py $scratch/seeds "${SVCMAP_CORPUS:-../shared/corpus}"

for name in "${harnesses[@]}"; do
    # In the test run all harnesses are in one module, so their names differ; libFuzzer knows one.
    {
        echo '@c(LLVMFuzzerTestOneInput)'
        echo "public func entry(_ start: UnsafeRawPointer?, _ count: Int) -> CInt { unsafe fuzz$name(start, count) }"
    } >"$scratch/entries/${name}Entry.swift"
    sources=(Fuzz/Support/{FuzzBytes,Require}.swift "Fuzz/$name.swift" "$scratch/entries/${name}Entry.swift")
    modules=(Collector FlowModel)
    case $name in
    Stream | Datagrams) sources+=(Fuzz/Support/FollowerHarness.swift) ;;
    CaptureFile | Engine) sources+=(Fuzz/Support/ScratchFile.swift) ;;
    ObjectDump) modules=(Kubernetes Graph FlowModel) ;;
    Tables)
        # No other module sees them.
        for table in Memory/Slab Flows/{SlotNumber,SlotIndex,FlowDirection,SightingTable}; do
            sources+=("Sources/Collector/$table.swift")
        done
        sources+=(Fuzz/Support/SightingModel.swift)
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
    swiftc -O -parse-as-library -module-name Harness -sanitize=fuzzer,address -package-name "$package" -swift-version 6 \
        -strict-memory-safety -enable-experimental-feature Lifetimes \
        -I "$release/Modules" -Xcc -fmodule-map-file=Sources/CZlib/module.modulemap \
        -Xcc -fmodule-map-file=Sources/CPcap/module.modulemap \
        "${sources[@]}" "${objects[@]}" "${libraries[@]}" -o "$scratch/bin/$name" \
        2>&1 | { grep -v "Cannot export local symbol '__asan" || true; }

    mkdir -p "$scratch/corpus/$name" "$scratch/seeds/$name"
    folders=("$scratch/corpus/$name" "$scratch/seeds/$name")
    [ ! -d "Fuzz/Regressions/$name" ] || folders+=("Fuzz/Regressions/$name")
    echo "== $name: $seconds s"
    # Swift's own report of a crash would come first, and libFuzzer could not keep the input.
    SWIFT_BACKTRACE=enable=no "$scratch/bin/$name" -max_total_time="$seconds" -max_len=16384 -timeout=20 -rss_limit_mb=4096 \
        -print_final_stats=1 -verbosity=1 -artifact_prefix="$scratch/found/$name-" "${folders[@]}" \
        >"$scratch/$name.log" 2>&1 || { tail -n 40 "$scratch/$name.log" >&2; exit 1; }
    grep -E 'INITED|DONE|stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' "$scratch/$name.log"
done

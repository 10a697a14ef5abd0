#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Builds the libFuzzer harnesses of Fuzz/ and runs each for FUZZ_SECONDS (60), or only those named:
#
#   scripts/fuzz.sh [HARNESS...]
#
# Inputs that were found worth keeping stay in .build-fuzz/corpus; one that broke something lies
# in .build-fuzz/found and ends the run with an error. SVCMAP_CORPUS (default ../shared/corpus)
# adds seeds where it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-60}
scratch=.build-fuzz
harnesses=("$@")
[ $# -gt 0 ] || harnesses=(PacketHeaders CaptureFile Stream Datagrams Engine ObjectDump)

# SwiftPM renames an executable's entry point, which libFuzzer has its own of: the modules are
# built by SwiftPM, the harnesses are linked with them by hand.
for target in Collector Kubernetes; do
    swift build -c release --sanitize=fuzzer --target $target --scratch-path $scratch
done
release=$scratch/release
# The name that decides who sees `package` declarations is that of the folder.
package=$(grep '"-module-name","Collector"' $scratch/release.yaml | grep -o '"-package-name","[^"]*"' | head -n 1 | cut -d '"' -f 4)
mkdir -p $scratch/bin $scratch/seeds $scratch/corpus $scratch/found
python3 Fuzz/seeds.py $scratch/seeds "${SVCMAP_CORPUS:-../shared/corpus}"

for name in "${harnesses[@]}"; do
    sources=(Fuzz/Support/FuzzBytes.swift "Fuzz/$name.swift")
    modules=(Collector FlowModel)
    case $name in
    Stream | Datagrams) sources+=(Fuzz/Support/FollowerHarness.swift) ;;
    CaptureFile | Engine) sources+=(Fuzz/Support/ScratchFile.swift) ;;
    ObjectDump) modules=(Kubernetes Graph FlowModel) ;;
    esac
    objects=()
    for module in "${modules[@]}"; do objects+=("$release/$module.build"/*.o); done
    libraries=()
    if [ "$name" != ObjectDump ]; then
        for folder in "$release"/{Crypto,CryptoBoringWrapper,CCryptoBoringSSL,CCryptoBoringSSLShims,CXKCP,CXKCPShims}.build; do
            while read -r object; do objects+=("$object"); done < <(find "$folder" -name '*.o' 2>/dev/null)
        done
        libraries=(-lz -lpcap -lstdc++)
    fi
    swiftc -O -parse-as-library -module-name Harness -sanitize=fuzzer -package-name "$package" -swift-version 6 \
        -strict-memory-safety -enable-experimental-feature Lifetimes \
        -I "$release/Modules" -Xcc -fmodule-map-file=Sources/CZlib/module.modulemap \
        -Xcc -fmodule-map-file=Sources/CPcap/module.modulemap \
        "${sources[@]}" "${objects[@]}" "${libraries[@]}" -o "$scratch/bin/$name"

    mkdir -p "$scratch/corpus/$name" "$scratch/seeds/$name"
    folders=("$scratch/corpus/$name" "$scratch/seeds/$name")
    [ ! -d "Fuzz/Regressions/$name" ] || folders+=("Fuzz/Regressions/$name")
    echo "== $name: $seconds s"
    # Swift's own report of a crash would come first, and libFuzzer could not keep the input.
    SWIFT_BACKTRACE=enable=no "$scratch/bin/$name" -max_total_time="$seconds" -max_len=16384 -timeout=20 -rss_limit_mb=2048 \
        -print_final_stats=1 -verbosity=1 -artifact_prefix="$scratch/found/$name-" "${folders[@]}" \
        >"$scratch/$name.log" 2>&1 || { tail -n 40 "$scratch/$name.log" >&2; exit 1; }
    grep -E 'INITED|DONE|stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' "$scratch/$name.log"
done

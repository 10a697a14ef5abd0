// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Graph
import Kubernetes

/// What `kubectl get -o json` might have printed: read or refused, never a crash.
func fuzzObjectDump(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    // Sound: pointer and count are libFuzzer's own, and the bytes are copied at once.
    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    guard let dump = try? ObjectDump(bytes, cluster: "default") else { return 0 }
    require(dump.ignored.count <= ObjectDump.maximumIgnoredKinds + 1, "too many kinds are told apart")
    require(dump.rejected >= 0, "a negative count")
    return 0
}

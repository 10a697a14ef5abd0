// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Glibc

/// What lies on the heap, which only a build with a sanitizer can tell.
enum HeapSize {
    private typealias Count = @convention(c) () -> Int

    private static let count: Count? = {
        guard let symbol = unsafe dlsym(nil, "__sanitizer_get_current_allocated_bytes") else { return nil }
        // Sound: that is its type in <sanitizer/allocator_interface.h>.
        return unsafe unsafeBitCast(symbol, to: Count.self)
    }()

    /// In bytes; 0 where it cannot be told.
    static var now: Int { count?() ?? 0 }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The number of a slot, or -1 for none, in four bytes: a table of a million flows has many.
@propertyWrapper
struct SlotNumber: BitwiseCopyable {
    private var number: Int32

    @inline(__always)
    init(wrappedValue: Int) {
        number = Int32(truncatingIfNeeded: wrappedValue)
    }

    var wrappedValue: Int {
        @inline(__always)
        get { Int(number) }
        @inline(__always)
        set { number = Int32(truncatingIfNeeded: newValue) }
    }
}

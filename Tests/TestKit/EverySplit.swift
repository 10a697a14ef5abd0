// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Offers bytes whole, byte by byte, and in two pieces for every cut.
///
/// - Parameters:
///   - bytes: What a sender sent.
///   - body: Receives each way to cut them.
/// - Throws: What the body throws.
package func everySplit(_ bytes: [UInt8], _ body: ([[UInt8]]) throws -> Void) rethrows {
    try body([bytes])
    try body(bytes.map { [$0] })
    guard bytes.count > 1 else { return }
    for cut in 1..<bytes.count { try body([Array(bytes[..<cut]), Array(bytes[cut...])]) }
}

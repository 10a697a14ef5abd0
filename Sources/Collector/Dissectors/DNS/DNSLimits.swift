// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the DNS dissector.
package enum DNSLimits {
    /// Queries waiting on one flow; further ones are counted as `unmatchedRequests`.
    package static let pendingQueries = 256
    /// The longest name and label (RFC 1035 section 2.3.4).
    package static let name = 255
    package static let label = 63
    /// Compression pointers followed in one name; each must point backwards, too.
    package static let pointers = 64
    /// Names of which the text is kept.
    static let texts: Int32 = 512
    /// Addresses taken from one answer, and records looked at.
    package static let addresses = 16
    package static let records = 512
    /// The longest message over TCP by which a stream is recognized as DNS.
    package static let unconfirmedMessage = 4_096
    /// How long a failed answer may be held back to see whether a search list goes on.
    package static let searchStepNanoseconds: Int64 = 1_000_000_000
    /// Clients whose lookups are followed at once, and lookups of one client.
    ///
    /// Beyond them each answer stands for itself.
    package static let clients = 16_384
    package static let lookupsPerClient = 32
    /// Names tried by one lookup: resolvers take up to 32 search domains, clusters use 3 to 8.
    package static let searchSteps = 40
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A name that traffic gave to an address.
package struct NameObservation: Hashable, Sendable {
    /// Where a name came from, most telling first.
    package enum Source: UInt8, Sendable, BitwiseCopyable, CaseIterable {
        /// An A or AAAA answer, CNAMEs followed back to the question.
        case dns = 0
        /// A TLS server name.
        case tls = 1
        /// An HTTP Host header.
        case httpHost = 2
        /// The capture file itself, which a person or a resolver wrote it into.
        case captureFile = 3
    }

    package let endpoint: Endpoint
    /// Lower case, without the final dot; hostile, as all names are.
    package let name: String
    package let source: Source

    package init(endpoint: Endpoint, name: String, source: Source) {
        self.endpoint = endpoint
        self.name = name
        self.source = source
    }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A value that may come from an option, the environment or the configuration file.
///
/// The one table of keys: it feeds `--help`, the names of environment variables and the check
/// for unknown keys.
enum Setting: String, CaseIterable {
    case store
    case cluster
    case inventory
    case interface
    case host
    case port
    /// From the environment or a file only: other users of a machine see the options of a process.
    case token
    case tokenFile = "token-file"
    case noAuth = "no-auth"
    case allowedHost = "allowed-host"
    case tlsCertificate = "tls-cert"
    case tlsKey = "tls-key"
    case tlsClientAuthority = "tls-client-ca"
    case level
    case namespace
    case group
    case fold
    case maximumFlows = "max-flows"
    case maximumOperations = "max-operations"
    case maximumEdges = "max-edges"
    case sampledHeaders = "sample-headers"
    case flowsOnly = "flows-only"
    case threads
    case logLevel = "log-level"
    case keep
    case maximumSize = "max-size"

    /// `SVCMAP_` and the key in capitals.
    var environmentVariable: String {
        "SVCMAP_" + rawValue.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    /// Variables of ours that are no settings: tests and builds read them.
    static let foreignVariables: Set<String> = ["SVCMAP_CONFIG", "SVCMAP_STRICT", "SVCMAP_CORPUS"]

    /// Prefixes of variables that only tests, benchmarks and builds read.
    static let foreignPrefixes = ["SVCMAP_TEST_", "SVCMAP_BENCH"]
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Collector
import Graph
import Server
import Storage

extension Setting {
    /// What `--help` says of the option: purpose, default and environment variable.
    var help: ArgumentHelp {
        let fallback = fallback.map { "default: \($0); " } ?? ""
        return ArgumentHelp("\(purpose) (\(fallback)\(environmentVariable))", valueName: valueName)
    }

    private var purpose: String {
        switch self {
        case .store: "The store file"
        case .cluster: "The cluster the traffic is from"
        case .inventory: "What kubectl printed of the objects, as JSON; may be repeated"
        case .interface: "Interface to capture on; any is all of them"
        case .host:
            "Address to listen on; others than loopback ones need a token, client certificates or --no-auth"
        case .port: "Port to listen on; 0 picks a free one"
        case .token: "What clients must have to read the map"
        case .tokenFile:
            "A file with the token that clients must have to read the map; SVCMAP_TOKEN has the token itself"
        case .noAuth: "Let anyone read the map who reaches the port"
        case .allowedHost:
            "A name that people call this server by, beside localhost and its address; may be repeated"
        case .tlsCertificate: "Speak TLS with this certificate chain, as PEM; read again when it changes"
        case .tlsKey: "The private key of the certificate, as PEM"
        case .tlsClientAuthority: "Only let in clients with a certificate of these authorities, as PEM"
        case .level: "What a node stands for: pod, workload, service, namespace or node"
        case .namespace: "Only edges with an end in this namespace; may be repeated"
        case .group:
            "One node for everything with one value of a label (label:KEY), or of one namespace (namespace)"
        case .fold:
            "How far peers that the inventory does not know are folded: none, domain (names by their last two labels), cidr (and addresses by /24 and /64), internet (and all public ones in one), or automatic: the first of these that leaves at most \(PseudoNodeFolding.maximumUnfolded)"
        case .maximumFlows: "Flows kept at once; more push out the idlest"
        case .maximumOperations:
            "Operations of a protocol kept apart on an edge in a window; more become {other}"
        case .maximumEdges:
            "Edges of a window kept apart: those that fail, then those of most bytes; more are folded by client or server"
        case .threads: "Threads that read packets: 2 follow streams on the other, 1 is for one core"
        case .sampledHeaders:
            "Header fields whose redacted values examples keep, none by default; may be repeated"
        case .flowsOnly: "Only flows and TCP facts: no application protocols"
        case .logLevel: "What to log: trace, debug, info, notice, warning, error or critical"
        case .keep:
            "How old windows may become, by length (10s, 1m, 10m, 1h, 6h, 1d, 30d), before the newest; all are kept for ever"
        case .maximumSize:
            "How large the store may become, as 500M or 10G; the finest and oldest windows go first"
        }
    }

    /// The default, from where it is defined.
    private var fallback: String? {
        switch self {
        case .store: CommonOptions.defaultStore
        case .cluster: MeteringEngine.Configuration().cluster
        case .interface: CaptureCommand.defaultInterface
        case .host: ServerBuilder.Configuration().host
        case .port: String(ServerBuilder.Configuration().port)
        case .level: "workload"
        case .fold: PseudoNodePolicy.automatic.rawValue
        case .maximumFlows: String(MeteringEngine.Configuration().maximumFlows)
        case .maximumOperations: String(MeteringEngine.Configuration().maximumOperations)
        case .maximumEdges: String(EdgeFold.standardLimit)
        case .logLevel: "warning"
        case .flowsOnly, .noAuth: "false"
        case .threads: "2 where there are two cores"
        case .inventory, .namespace, .group, .sampledHeaders, .keep, .maximumSize, .token, .tokenFile,
            .allowedHost, .tlsCertificate, .tlsKey, .tlsClientAuthority:
            nil
        }
    }

    private var valueName: String {
        switch self {
        case .store, .inventory, .tokenFile, .tlsCertificate, .tlsKey, .tlsClientAuthority: "file"
        case .cluster, .interface, .namespace, .allowedHost: "name"
        case .sampledHeaders: "name[,name]"
        case .host: "address"
        case .port: "port"
        case .level, .logLevel: "level"
        case .group: "label:key"
        case .fold: "step"
        case .maximumFlows, .maximumOperations, .maximumEdges, .threads: "count"
        case .flowsOnly, .noAuth: "true or false"
        case .token: "token"
        case .keep: "10s=2d,1m=14d"
        case .maximumSize: "bytes"
        }
    }
}

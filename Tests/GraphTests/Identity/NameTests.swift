// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Testing

@Suite struct `Naming what the inventory does not know` {
    static func name(
        _ names: [(String, NameObservation.Source)]
    ) -> (name: String?, by: IdentifiedBy, refused: Int) {
        let endpoint = Shop.endpoint("203.0.113.9")
        let observations = names.map { NameObservation(endpoint: endpoint, name: $0.0, source: $0.1) }
        let resolver = IdentityResolver(inventory: [], names: observations.shuffled())
        let identity = resolver.identity(
            of: endpoint,
            port: 443,
            transport: .tcp,
            as: .server,
            in: Shop.window(0)
        )
        guard case .domain(let name) = identity.subject else {
            return (nil, identity.identifiedBy, resolver.refusedNames)
        }
        return (name, identity.identifiedBy, resolver.refusedNames)
    }

    @Test func `takes the best source, then the shortest, then the least name`() {
        #expect(
            Self.name([("z.example", .httpHost), ("y.example", .tls), ("long.x.example", .dns)])
                == ("long.x.example", .dns, 0)
        )
        #expect(Self.name([("z.example", .httpHost), ("y.example", .tls)]) == ("y.example", .tls, 0))
        #expect(Self.name([("host", .httpHost)]) == ("host", .httpHost, 0))
        #expect(Self.name([("a", .captureFile), ("host", .httpHost)]) == ("host", .httpHost, 0))
        #expect(Self.name([("hand", .captureFile)]) == ("hand", .captureFile, 0))
        #expect(
            Self.name([("bb.example", .dns), ("aaa.example", .dns), ("ab.example", .dns)])
                == ("ab.example", .dns, 0)
        )
    }

    @Test func `takes names of the cluster last`() {
        #expect(
            Self.name([("a.svc.cluster.local", .dns), ("much.longer.example", .httpHost)])
                == ("much.longer.example", .httpHost, 0)
        )
        #expect(Self.name([("a.svc.cluster.local", .dns)]) == ("a.svc.cluster.local", .dns, 0))
    }

    @Test func `keeps hostile names as they are`() {
        let name = "<script>alert(1)</script>\"\u{202E}"
        #expect(Self.name([(name, .httpHost)]) == (name, .httpHost, 0))
    }

    @Test(arguments: [
        "", "10.0.0.1", "10.0.0.1:8080", "::1", "a->b", "a\nb", "a\u{0}b", "\u{7F}",
        String(repeating: "a", count: 254),
    ])
    func `refuses and counts what cannot stand for a node`(name: String) {
        #expect(Self.name([(name, .dns)]) == (nil, .nothing, 1))
        #expect(Self.name([(name, .dns), ("good.example", .httpHost)]) == ("good.example", .httpHost, 1))
    }

    @Test func `keeps the longest name there can be`() {
        let name = String(repeating: "a", count: 253)
        #expect(Self.name([(name, .dns)]) == (name, .dns, 0))
    }

    @Test func `chooses alike among names that Swift holds equal`() {
        let (composed, decomposed) = ("caf\u{E9}s", "cafe\u{301}s")
        for _ in 0..<20 {
            let found = Self.name([(composed, .dns), (decomposed + "", .dns)])
            #expect(found.name.map { Array($0.utf8) } == Array(composed.utf8))
        }
    }

    @Test func `never renames what the inventory knows`() {
        let names = [
            NameObservation(endpoint: Shop.endpoint("10.1.0.11"), name: "evil.example", source: .dns)
        ]
        let identity = IdentityResolver(inventory: Shop.inventory, names: names).identity(
            of: Shop.endpoint("10.1.0.11"),
            port: 0,
            transport: .tcp,
            as: .client,
            in: Shop.window(0)
        )
        #expect(identity.identifiedBy == .inventory)
        #expect(identity.namespace == "shop")
    }
}

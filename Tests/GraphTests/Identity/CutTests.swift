// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import TestKit
import Testing

@Suite struct `Cuts of an address` {
    /// Few addresses, ports and labels, so that what is at random often meets.
    static let addresses = ["10.1.0.1", "10.1.0.2", "10.1.0.3", "192.168.0.1", "10.96.0.1", "203.0.113.1"]
    static let ports: [UInt16] = [80, 443, 30_080, 8_080]

    static func windows(_ count: Int) -> [Window] { (0..<count).map(Shop.window) }

    /// What nobody planned: pods, Services, endpoints and nodes on the same addresses, with lives
    /// that begin and end inside windows, told by dumps and by events.
    static func inventory(_ generator: inout SeededGenerator) -> [InventoryObservation] {
        (0..<generator.below(14)).map { number in
            let observedAt = generator.below(2) == 0 ? nil : Shop.at(generator.seconds())
            let fact: InventoryFact =
                switch generator.below(8) {
                case 0...2: .pod(pod("p\(number % 4)", &generator))
                case 3, 4: .service(service("s\(number % 3)", &generator))
                case 5, 6: .endpoints(endpoints(&generator))
                default: .node(node(&generator))
                }
            return InventoryObservation(
                cluster: Shop.cluster,
                observedAt: observedAt,
                fact: fact.revised(generator.below(3) == 0 ? nil : generator.next() % 20)
            )
        }
    }

    static func pod(_ name: String, _ generator: inout SeededGenerator) -> PodFact {
        Shop.pod(
            name,
            [generator.pick(addresses)],
            labels: ["app": generator.pick(["a", "b"])],
            ports: [port(&generator)],
            hostNetwork: generator.below(3) == 0,
            from: generator.instant(),
            to: generator.instant()
        )
    }

    static func service(_ name: String, _ generator: inout SeededGenerator) -> ServiceFact {
        Shop.service(
            name,
            [generator.pick(addresses)],
            ports: [port(&generator)],
            selector: generator.below(3) == 0 ? [:] : ["app": generator.pick(["a", "b"])],
            external: generator.below(3) == 0 ? [generator.pick(addresses)] : [],
            from: generator.instant(),
            to: generator.instant()
        )
    }

    static func endpoints(_ generator: inout SeededGenerator) -> EndpointsFact {
        var fact = Shop.endpoints(
            generator.pick(["s0", "s1", "s2"]),
            [generator.pick(addresses), generator.pick(addresses)],
            port: generator.pick(ports)
        )
        fact.endedAt = generator.below(4) == 0 ? generator.instant() : nil
        return fact
    }

    static func node(_ generator: inout SeededGenerator) -> NodeFact {
        var fact = Shop.node("n1", generator.pick(addresses), range: "10.1.0.0/24")
        fact.createdAt = generator.instant()
        fact.endedAt = generator.instant()
        return fact
    }

    static func port(_ generator: inout SeededGenerator) -> PortFact {
        PortFact(
            port: generator.pick(ports),
            transport: .tcp,
            targetPort: "8080",
            nodePort: generator.below(2) == 0 ? 30_080 : nil,
            hostPort: generator.below(4) == 0 ? 8_080 : nil
        )
    }

    /// Every answer there is about an address in a window.
    struct Answers: Equatable {
        var identities: [Identity] = []
        var declarations: [Bool] = []

        init(_ resolver: IdentityResolver, _ endpoint: Endpoint, in window: Window) {
            for port in `Cuts of an address`.ports + [0] {
                for role in EndpointRole.allCases {
                    identities.append(
                        resolver.identity(of: endpoint, port: port, transport: .tcp, as: role, in: window)
                    )
                }
                declarations.append(
                    resolver.isDeclared(endpoint, port: port, transport: .tcp, in: window)
                )
            }
        }
    }

    @Test(arguments: UInt64(1)...60)
    func `stand wherever an answer changes`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let resolver = IdentityResolver(inventory: Self.inventory(&generator), names: [])
        let windows = Self.windows(90)
        for endpoint in Self.addresses.map({ Shop.endpoint($0) }) {
            let cuts = resolver.cuts(of: endpoint)
            #expect(cuts == cuts.sorted() && Set(cuts).count == cuts.count)
            let answers = windows.map { Answers(resolver, endpoint, in: $0) }
            var first = 0
            for last in windows.indices {
                // From `first` to `last` no cut lies inside: all of it answers alike.
                if cuts.contains(where: { windows[first].start < $0 && $0 < windows[last].end }) {
                    first = last
                    // Nothing is promised of a window that a cut divides.
                    if cuts.contains(where: { windows[last].start < $0 && $0 < windows[last].end }) {
                        first = last + 1
                    }
                    continue
                }
                guard first < last else { continue }
                #expect(answers[last] == answers[first], "\(seed) \(endpoint.address) \(first) \(last)")
                let span = Window(start: windows[first].start, end: windows[last].end)
                #expect(Answers(resolver, endpoint, in: span) == answers[first])
            }
        }
    }

    @Test(arguments: UInt64(1)...60)
    func `bound the time in which an answer holds`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let resolver = IdentityResolver(inventory: Self.inventory(&generator), names: [])
        let windows = Self.windows(90)
        var spans = 0
        for endpoint in Self.addresses.map({ Shop.endpoint($0) }) {
            let answers = windows.map { Answers(resolver, endpoint, in: $0) }
            for (window, answer) in zip(windows, answers) {
                guard let span = resolver.constancy(of: endpoint, around: window) else {
                    let cuts = resolver.cuts(of: endpoint)
                    #expect(cuts.contains { window.start < $0 && $0 < window.end })
                    continue
                }
                #expect(span.start <= window.start && window.end <= span.end)
                spans += 1
                for (other, found) in zip(windows, answers)
                where span.start <= other.start && other.end <= span.end {
                    #expect(found == answer, "\(seed) \(endpoint.address) \(window) \(other)")
                }
            }
        }
        #expect(spans > 0)
    }

    @Test(arguments: UInt64(1)...60)
    func `and answers are the same in any order of what was told, and however often`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let inventory = Self.inventory(&generator)
        let resolver = IdentityResolver(inventory: inventory, names: [])
        let again = inventory + inventory.filter { _ in generator.below(2) == 0 }
        let other = IdentityResolver(inventory: again.shuffled(using: &generator), names: [])
        for endpoint in Self.addresses.map({ Shop.endpoint($0) }) {
            #expect(resolver.cuts(of: endpoint) == other.cuts(of: endpoint))
            for number in [0, 7, 20, 45, 80] {
                let window = Shop.window(number)
                #expect(Answers(resolver, endpoint, in: window) == Answers(other, endpoint, in: window))
            }
        }
    }

    @Test func `are few: an address that never changed hands has its pod's and its Services' births`() {
        let resolver = IdentityResolver(inventory: Shop.inventory, names: [])
        #expect(resolver.cuts(of: Shop.endpoint("10.1.0.11")) == [Shop.created])
        #expect(resolver.cuts(of: Shop.endpoint("203.0.113.9")).isEmpty)
        #expect(resolver.cuts(of: Shop.endpoint("10.1.0.11", scope: "other")).isEmpty)
    }

    @Test func `of a pod that ended are its birth, its end and the end of its grace`() {
        let pod = Shop.pod("a", ["10.1.0.50"], from: Shop.at(5.5), to: Shop.at(20))
        let resolver = IdentityResolver(inventory: Shop.seen([.pod(pod)]), names: [])
        #expect(resolver.cuts(of: Shop.endpoint("10.1.0.50")) == [5, 20, 620].map { Shop.at($0) })
    }
}

extension InventoryFact {
    /// The fact as of a revision.
    func revised(_ revision: UInt64?) -> InventoryFact {
        switch self {
        case .pod(var fact):
            fact.revision = revision
            return .pod(fact)
        case .workload(var fact):
            fact.revision = revision
            return .workload(fact)
        case .service(var fact):
            fact.revision = revision
            return .service(fact)
        case .endpoints(var fact):
            fact.revision = revision
            return .endpoints(fact)
        case .node(var fact):
            fact.revision = revision
            return .node(fact)
        }
    }
}

extension SeededGenerator {
    mutating func below(_ bound: UInt64) -> Int { Int(next() % bound) }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(UInt64(elements.count))]
    }

    /// Often on a boundary, else anywhere in the first quarter of an hour.
    mutating func seconds() -> Double {
        below(3) == 0 ? Double(below(90)) * 10 : Double(below(9_000)) / 10
    }

    /// Absent at times.
    mutating func instant() -> Timestamp? { below(3) == 0 ? nil : Shop.at(seconds()) }
}

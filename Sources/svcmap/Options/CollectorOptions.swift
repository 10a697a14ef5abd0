// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Collector
import Foundation
import Storage

/// What every verb that reads packets takes.
struct CollectorOptions: ParsableArguments {
    @Option(name: .long, help: Setting.cluster.help)
    var cluster: String?

    @Option(name: .long, help: Setting.maximumFlows.help)
    var maxFlows: String?

    @Option(name: .long, help: Setting.maximumOperations.help)
    var maxOperations: String?

    @Option(name: .long, help: Setting.maximumEdges.help)
    var maxEdges: String?

    @Option(name: .long, help: Setting.sampledHeaders.help)
    var sampleHeaders: [String] = []

    @Flag(name: .long, help: Setting.flowsOnly.help)
    var flowsOnly = false

    @Option(name: .long, help: Setting.threads.help)
    var threads: String?

    /// Options given, as settings.
    var settings: [Setting: String] {
        var settings: [Setting: String] = [:]
        settings[.cluster] = cluster
        settings[.maximumFlows] = maxFlows
        settings[.maximumOperations] = maxOperations
        settings[.maximumEdges] = maxEdges
        settings[.threads] = threads
        settings[.sampledHeaders] = sampleHeaders.isEmpty ? nil : sampleHeaders.joined(separator: ",")
        if flowsOnly { settings[.flowsOnly] = "true" }
        return settings
    }

    /// The engine's configuration that all settings together make.
    static func configuration(_ settings: Settings) throws -> MeteringEngine.Configuration {
        var configuration = MeteringEngine.Configuration()
        configuration.cluster = settings.string(.cluster, default: configuration.cluster)
        configuration.maximumFlows = try settings.integer(
            .maximumFlows,
            in: 1_024...16_777_216,
            default: configuration.maximumFlows
        )
        configuration.maximumOperations = try settings.integer(
            .maximumOperations,
            in: 1...10_000,
            default: configuration.maximumOperations
        )
        configuration.sampledHeaders = try sampledHeaders(settings)
        configuration.dissects = try !settings.boolean(.flowsOnly, default: !configuration.dissects)
        configuration.threads = try settings.integer(
            .threads,
            in: 1...2,
            default: min(2, ProcessInfo.processInfo.activeProcessorCount)
        )
        return configuration
    }

    /// How many edges of a window are kept apart.
    static func fold(_ settings: Settings) throws -> EdgeFold {
        EdgeFold(
            limit: try settings.integer(.maximumEdges, in: 1...1_000_000, default: EdgeFold.standardLimit)
        )
    }

    private static func sampledHeaders(_ settings: Settings) throws -> SampledHeaders? {
        guard let (_, source) = settings.text(.sampledHeaders) else { return nil }
        let names = settings.list(.sampledHeaders).map { $0.trimmingCharacters(in: .whitespaces) }
        do {
            return names.isEmpty ? nil : try SampledHeaders(names)
        } catch {
            throw UsageError("\(source): \(error)")
        }
    }
}

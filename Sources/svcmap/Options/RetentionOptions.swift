// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import FlowModel
import Graph
import Storage

/// What every verb that deletes old windows takes.
struct RetentionOptions: ParsableArguments {
    /// A smaller store holds nothing of use.
    private static let minimumBytes: Int64 = 1_000_000

    @Option(name: .long, help: Setting.keep.help)
    var keep: String?

    @Option(name: .long, help: Setting.maximumSize.help)
    var maxSize: String?

    /// Options given, as settings.
    var settings: [Setting: String] {
        var settings: [Setting: String] = [:]
        settings[.keep] = keep
        settings[.maximumSize] = maxSize
        return settings
    }

    /// The policy that all settings together make.
    static func policy(_ settings: Settings) throws -> RetentionPolicy {
        var policy = RetentionPolicy()
        if let (text, source) = settings.text(.keep) { policy.ages = try ages(text, source) }
        if let (text, source) = settings.text(.maximumSize) {
            guard let bytes = bytes(text), bytes >= minimumBytes else {
                throw UsageError("\(source) takes a size from 1M on, such as 500M or 10G, not '\(text)'")
            }
            policy.maximumBytes = bytes
        }
        return policy
    }

    private static func ages(_ text: String, _ source: String) throws -> [Resolution: Int64] {
        var ages: [Resolution: Int64] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, let resolution = Resolution(text: sides[0]),
                let age = DurationText.nanoseconds(sides[1])
            else {
                let names = Resolution.allCases.map(\.text).joined(separator: ", ")
                throw UsageError(
                    "\(source) takes ages by length of windows (\(names)), such as 10s=2d,1m=14d, not '\(part)'"
                )
            }
            guard ages.updateValue(age, forKey: resolution) == nil else {
                throw UsageError("\(source) names \(resolution.text) twice")
            }
        }
        return ages
    }

    /// Decimal units, as disks are sold.
    private static func bytes(_ text: String) -> Int64? {
        let units: [Character: Int64] = [
            "k": 1_000, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000,
        ]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let number = Int64(digits)
        else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        return overflow ? nil : bytes
    }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Configuration
import Foundation
import Graph
import SystemPackage
import Yams

/// Settings as resolved: options over environment over file.
///
/// Values are looked up as text and converted here, because a provider that converts by
/// itself passes over what does not convert, and a typing error must be an error.
struct Settings {
    private struct Source {
        /// How the source of a value is named in an error.
        let name: (Setting) -> String
        let reader: ConfigReader
    }

    private let sources: [Source]

    /// Reads every source.
    ///
    /// - Parameters:
    ///   - options: What was given on the command line, by setting.
    ///   - configurationFile: The file named by `--config`; `nil` looks at `SVCMAP_CONFIG`.
    ///   - environment: The variables of the process.
    /// - Throws: `UsageError` for an unreadable file or an unknown key.
    init(
        options: [Setting: String],
        configurationFile: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws {
        try Self.checkNames(of: environment)
        let given = options.map {
            (AbsoluteConfigKey([$0.key.rawValue]), ConfigValue(.string($0.value), isSecret: false))
        }
        var sources = [
            Source(
                name: { "--\($0.rawValue)" },
                reader: ConfigReader(
                    provider: InMemoryProvider(values: Dictionary(given) { first, _ in first })
                )
            ),
            Source(
                name: \.environmentVariable,
                reader: ConfigReader(
                    provider: EnvironmentVariablesProvider(
                        environmentVariables: Dictionary(
                            environment.compactMap { name, value in
                                Setting.allCases.first { $0.environmentVariable == name }.map {
                                    (Self.providerName(of: $0), value)
                                }
                            }
                        ) { first, _ in first }
                    )
                )
            ),
        ]
        if let path = configurationFile ?? environment["SVCMAP_CONFIG"] {
            try Self.checkKeys(ofFile: path)
            do {
                let provider = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
                sources.append(
                    Source(name: { "\($0.rawValue) in \(path)" }, reader: ConfigReader(provider: provider))
                )
            } catch {
                throw UsageError("cannot read the configuration file \(path): \(error)")
            }
        }
        self.sources = sources
    }

    /// The value of a setting and the name of where it came from.
    func text(_ setting: Setting) -> (value: String, source: String)? {
        for source in sources {
            if let value = source.reader.string(forKey: ConfigKey([setting.rawValue])) {
                return (value, source.name(setting))
            }
        }
        return nil
    }

    func string(_ setting: Setting, default fallback: String) -> String {
        text(setting)?.value ?? fallback
    }

    /// The values of a setting that may be given several times or separated by commas.
    func list(_ setting: Setting) -> [String] {
        text(setting)?.value.split(separator: ",").map(String.init) ?? []
    }

    /// A whole number in a range.
    func integer(_ setting: Setting, in range: ClosedRange<Int>, default fallback: Int) throws -> Int {
        guard let (value, source) = text(setting) else { return fallback }
        guard let number = Int(value), range.contains(number) else {
            throw UsageError(
                "\(source) takes a whole number from \(range.lowerBound) to \(range.upperBound), not '\(value)'"
            )
        }
        return number
    }

    /// `true` or `false`.
    func boolean(_ setting: Setting, default fallback: Bool) throws -> Bool {
        guard let (value, source) = text(setting) else { return fallback }
        guard let choice = Bool(value) else {
            throw UsageError("\(source) takes true or false, not '\(value)'")
        }
        return choice
    }

    /// One of the raw values of an enumeration.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ setting: Setting,
        default fallback: Choice
    ) throws -> Choice {
        guard let (value, source) = text(setting) else { return fallback }
        guard let choice = Choice(rawValue: value) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("\(source) takes one of \(names), not '\(value)'")
        }
        return choice
    }

    /// What stands together, if anything does.
    func group() throws -> GraphGroup? {
        guard let (value, source) = text(.group) else { return nil }
        guard let group = GraphGroup(value) else {
            throw UsageError("\(source) takes label:KEY, the key of a label, or namespace, not '\(value)'")
        }
        return group
    }

    /// What the environment provider calls the variable of a key: without our prefix.
    private static func providerName(of setting: Setting) -> String {
        String(setting.environmentVariable.dropFirst("SVCMAP_".count))
    }

    private static func checkNames(of environment: [String: String]) throws {
        let known = Set(Setting.allCases.map(\.environmentVariable)).union(Setting.foreignVariables)
        for name in environment.keys.sorted()
        where name.hasPrefix("SVCMAP_") && !Setting.foreignPrefixes.contains(where: name.hasPrefix)
            && !known.contains(name)
        {
            throw UsageError(
                "unknown environment variable \(name); known: \(known.sorted().joined(separator: ", "))"
            )
        }
    }

    private static func checkKeys(ofFile path: String) throws {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw UsageError("cannot read the configuration file \(path): \(error.localizedDescription)")
        }
        let node: Yams.Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw UsageError("\(path) is not YAML: \(error)")
        }
        guard let node else { return }
        guard let mapping = node.mapping else {
            throw UsageError("\(path) must hold keys and values, such as 'store: map.db'")
        }
        let known = Set(Setting.allCases.map(\.rawValue))
        for (key, _) in mapping where !known.contains(key.string ?? "") {
            throw UsageError(
                "unknown key '\(key.string ?? "?")' in \(path); known: \(known.sorted().joined(separator: ", "))"
            )
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser

/// What every verb that touches a store takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: Setting.store.help)
    var store: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A YAML file with settings; its keys are the names of these options.",
            valueName: "file"
        )
    )
    var config: String?

    static let defaultStore = "svcmap.db"

    /// Options given, as settings.
    var settings: [Setting: String] {
        var settings: [Setting: String] = [:]
        settings[.store] = store
        return settings
    }
}

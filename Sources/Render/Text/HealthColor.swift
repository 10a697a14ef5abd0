// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// The color of a health where a document says it itself; in our own pictures the style sheet does.
enum HealthColor {
    static func hexadecimal(_ health: Health) -> String {
        switch health {
        case .healthy: "#4B7F6F"
        case .degraded: "#B45309"
        case .failing: "#C81E1E"
        case .unknown: "#94A3B8"
        }
    }
}

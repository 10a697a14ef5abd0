// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

extension Outcome {
    /// What documents call it.
    package var name: String {
        switch self {
        case .ok: "ok"
        case .clientError: "clientError"
        case .serverError: "serverError"
        case .clientGaveUp: "clientGaveUp"
        case .serverClosed: "serverClosed"
        case .timedOut: "timedOut"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Graph

/// How thick an edge is drawn: by the logarithm of its rate, so that a thousand calls a second
/// and one a minute fit one picture.
enum StrokeWidth {
    private static let thinnest = 1.2
    private static let perDecade = 1.1
    private static let thickest = 6.0

    static func of(_ edge: Edge) -> Double {
        guard let rate = edge.rate, rate.isFinite, rate > 0 else { return thinnest }
        return min(thickest, thinnest + perDecade * log10(1 + rate))
    }
}

/// Numbers with at most one digit after the point, as pictures need them.
enum Decimal1 {
    static func text(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "0" }
        let tenths = Int64((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, fraction) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        return fraction == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
    }
}

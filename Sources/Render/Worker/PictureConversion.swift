// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A picture in another form: librsvg draws our own SVG, so that both show the same.
package struct PictureConversion: Equatable, Sendable {
    /// What SVG becomes.
    package enum Format: String, CaseIterable, Sendable {
        case png
        case pdf
    }

    /// More pixels than this are not drawn: they take four bytes each, and twice.
    static let maximumPixels = 60_000_000.0
    /// The longest side that cairo draws.
    static let maximumSide = 32_000.0
    /// Small pictures are drawn for screens with two pixels to a point.
    private static let wantedZoom = 2.0

    let format: Format
    /// Pixels to a point, in tenths.
    let zoom: Double

    /// The conversion of a picture of some size.
    init(_ format: Format, width: Double, height: Double) {
        self.format = format
        guard format == .png, width > 0, height > 0 else {
            zoom = 1
            return
        }
        let limit = min(
            (Self.maximumPixels / (width * height)).squareRoot(),
            Self.maximumSide / max(width, height)
        )
        zoom = max(0.1, (min(Self.wantedZoom, limit) * 10).rounded(.down) / 10)
    }

    /// Reads a child's arguments; `nil` where they ask for no conversion.
    init?(arguments: [String]) {
        func value(_ prefix: String) -> Substring? {
            arguments.first { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
        }
        guard let format = value("--convert=").flatMap({ Format(rawValue: String($0)) }),
            let zoom = value("--zoom=").flatMap({ Double($0) }), zoom.isFinite
        else { return nil }
        self.format = format
        self.zoom = zoom
    }

    var arguments: [String] { ["--convert=\(format.rawValue)", "--zoom=\(Decimal1.text(zoom))"] }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import Render

/// The query parameters of a picture that its graph does not have.
package struct PictureParameters: Hashable, Sendable {
    static let known = ["layout", "keep", "boxes", "hubs"]

    /// Hexadecimal digits of a picture's id.
    private static let idLength = 16

    package var options = LayoutOptions()
    /// The id of an earlier picture whose places stay.
    package var keep: String?

    package init() {}

    /// Reads them.
    ///
    /// - Throws: `Problem` with 400 that names the parameter at fault.
    init(_ items: QueryItems) throws(Problem) {
        options.kind = try items.choice("layout", default: .layered)
        if let text = try items.single("boxes") {
            guard let boxes = LayoutOptions.Boxes(text) else {
                throw .badParameter(
                    "boxes",
                    "It must be namespace, none, or label:KEY, the key of a Kubernetes label."
                )
            }
            options.boxes = boxes
        }
        options.hubs = try items.choice("hubs", default: .fold)
        guard let id = try items.single("keep") else { return }
        guard id.utf8.count == Self.idLength, id.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
        else { throw .badParameter("keep", "It must be the id of a picture, its \"data-picture\".") }
        keep = id
    }
}

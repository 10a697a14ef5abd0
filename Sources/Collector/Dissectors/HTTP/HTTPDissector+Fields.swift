// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension HTTPDissector {
    /// The header fields of a head that were asked for.
    ///
    /// - Parameters:
    ///   - head: What was read of it.
    ///   - headers: What was asked for.
    ///   - direction: Who sent it.
    ///   - bytes: The chunk in which it ended.
    ///   - start: Where in the chunk it began; `nil` where that was in an earlier one, or may have been.
    /// - Returns: `nil` where it has none of them.
    func fields(
        of head: HTTPHead,
        _ headers: SampledHeaders,
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        from start: Int?
    ) -> [HeaderField]? {
        let side: HeaderField.Side = head.isRequest ? .request : .response
        if let start { return headers.fields(side, ofHead: bytes.clamped(start, head.end)) }
        let stream = self[direction]
        guard stream.partial.isEmpty else {
            return headers.fields(side, ofHead: stream.partial.octetSpan)
        }
        return headers.fields(side, ofHead: bytes.clamped(stream.headOffset, stream.headEnd))
    }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Graph
import HTTPTypes
package import Hummingbird

extension Problem {
    /// The members of RFC 9457, and ours, in the order of their names.
    private struct Document: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let parameter: String?
        let suggestion: String?
        let nodes: Int?
        let edges: Int?
        let maximumNodes: Int?
        let maximumEdges: Int?
        let step: Int64?
        let offset: Int?
        let length: Int?
    }

    /// The problem as a response with an `application/problem+json` body.
    package var response: Response {
        let document = Document(
            type: kind.map { "urn:svcmap:problem:\($0)" } ?? "about:blank",
            title: status.reasonPhrase,
            status: status.code,
            detail: detail,
            parameter: parameter,
            suggestion: suggestion,
            nodes: excess?.nodes,
            edges: excess?.edges,
            maximumNodes: excess?.maximumNodes,
            maximumEdges: excess?.maximumEdges,
            step: step,
            offset: span?.offset,
            length: span?.length
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and integers cannot fail to encode; the status would still tell.
        let body = (try? encoder.encode(document)) ?? Data()
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import HTTPTypes
import Hummingbird

/// A form in which a graph is served.
package enum GraphFormat: String, Sendable, CaseIterable {
    /// In order of preference where a client likes several equally.
    case json
    case dot
    case svg
    case csv
    /// Mermaid.
    case mmd
    case graphml

    /// What is compared with an `Accept` header.
    package var mediaType: MediaRange {
        switch self {
        case .json: MediaRange(type: "application", subtype: "json")
        case .dot: MediaRange(type: "text", subtype: "vnd.graphviz")
        case .svg: MediaRange(type: "image", subtype: "svg+xml")
        case .csv: MediaRange(type: "text", subtype: "csv")
        case .mmd: MediaRange(type: "text", subtype: "vnd.mermaid")
        case .graphml: MediaRange(type: "application", subtype: "graphml+xml")
        }
    }

    /// What is sent as `Content-Type`.
    var contentType: String {
        switch self {
        case .json: "application/json"
        case .dot: "text/vnd.graphviz; charset=utf-8"
        case .svg: "image/svg+xml; charset=utf-8"
        case .csv: "text/csv; charset=utf-8; header=present"
        case .mmd: "text/vnd.mermaid; charset=utf-8"
        case .graphml: "application/graphml+xml; charset=utf-8"
        }
    }
}

/// Bytes to be served, with their type and tag.
struct Representation: Sendable {
    let contentType: String
    let body: ByteBuffer
    let entityTag: String

    init(contentType: String, bytes: [UInt8]) {
        self.contentType = contentType
        self.body = ByteBuffer(bytes: bytes)
        self.entityTag = EntityTag.strong(of: bytes)
    }

    init(_ format: GraphFormat, _ text: String) {
        self.init(contentType: format.contentType, bytes: Array(text.utf8))
    }

    /// The response to a request for these bytes: them, or the word that the client has them.
    func response(to request: Request, varying: HTTPField.Name? = nil) -> Response {
        var headers = HTTPFields()
        headers[.eTag] = entityTag
        headers[.cacheControl] = "no-cache"
        if let varying { headers[.vary] = varying.canonicalName }
        if let known = request.headers[.ifNoneMatch], EntityTag.list(known, contains: entityTag) {
            var response = Response(status: .notModified, headers: headers)
            // A length here would be the length of the representation, not of this message.
            response.headers[.contentLength] = nil
            return response
        }
        headers[.contentType] = contentType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import HTTPTypes
import Hummingbird
import Synchronization

/// A form in which a graph is served.
package enum GraphFormat: String, Sendable, CaseIterable {
    /// In order of preference where a client likes several equally.
    case json
    case dot
    case svg
    case png
    case pdf
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
        case .png: MediaRange(type: "image", subtype: "png")
        case .pdf: MediaRange(type: "application", subtype: "pdf")
        case .csv: MediaRange(type: "text", subtype: "csv")
        case .mmd: MediaRange(type: "text", subtype: "vnd.mermaid")
        case .graphml: MediaRange(type: "application", subtype: "graphml+xml")
        }
    }

    /// Whether it shows what box a node stands in.
    var hasBoxes: Bool {
        switch self {
        case .json, .svg, .png, .pdf: true
        case .dot, .csv, .mmd, .graphml: false
        }
    }

    /// What is sent as `Content-Type`.
    var contentType: String {
        switch self {
        case .json: "application/json"
        case .dot: "text/vnd.graphviz; charset=utf-8"
        case .svg: "image/svg+xml; charset=utf-8"
        case .png: "image/png"
        case .pdf: "application/pdf"
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
    private let compressed: Compressed

    /// Bytes before compression.
    var length: Int { body.readableBytes }

    init(contentType: String, bytes: [UInt8]) {
        self.contentType = contentType
        self.body = ByteBuffer(bytes: bytes)
        self.entityTag = EntityTag.strong(of: bytes)
        // Pictures of pixels are compressed already.
        self.compressed = Compressed(
            isPossible: contentType != "image/png" && contentType != "application/pdf"
        )
    }

    init(_ format: GraphFormat, _ text: String) {
        self.init(format, Array(text.utf8))
    }

    init(_ format: GraphFormat, _ bytes: [UInt8]) {
        self.init(contentType: format.contentType, bytes: bytes)
    }

    /// The response to a request for these bytes: them, compressed where that is accepted, or the word that the client has them.
    func response(to request: Request, varying: HTTPField.Name? = nil) -> Response {
        var headers = HTTPFields()
        var (body, tag) = (body, entityTag)
        if Gzip.isAccepted(by: request.headers[.acceptEncoding]), let gzip = compressed.bytes(of: body) {
            // Other bytes need another tag (RFC 9110 section 8.8.3.3).
            (body, tag) = (gzip, "\(entityTag.dropLast())-gzip\"")
            headers[.contentEncoding] = "gzip"
        }
        headers[.eTag] = tag
        headers[.cacheControl] = "no-cache"
        headers[.vary] = [varying, .acceptEncoding].compactMap(\.?.canonicalName).joined(separator: ", ")
        if let known = request.headers[.ifNoneMatch], EntityTag.list(known, contains: tag) {
            headers[.contentEncoding] = nil
            var response = Response(status: .notModified, headers: headers)
            // A length here would be the length of the representation, not of this message.
            response.headers[.contentLength] = nil
            return response
        }
        headers[.contentType] = contentType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

/// The gzip form of some bytes, made when it is first asked for and kept with them.
private final class Compressed: Sendable {
    private enum State {
        case unknown
        case known(ByteBuffer?)
    }

    private let state: Mutex<State>

    init(isPossible: Bool) {
        state = Mutex(isPossible ? .unknown : .known(nil))
    }

    func bytes(of body: ByteBuffer) -> ByteBuffer? {
        state.withLock { state in
            if case .known(let bytes) = state { return bytes }
            let bytes = Gzip.compress(body)
            state = .known(bytes)
            return bytes
        }
    }
}

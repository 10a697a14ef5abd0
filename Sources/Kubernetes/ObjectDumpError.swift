// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Why an object dump could not be read, as one line for a person.
package struct ObjectDumpError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Code: Sendable, Equatable {
        /// There is nothing in it.
        case empty
        /// It does not begin as JSON does.
        case notJSON
        /// It ends in the middle of its first document.
        case truncated
        /// It begins as JSON and is not.
        case malformed
        /// It is JSON, but holds no Kubernetes object.
        case wrongShape
    }

    /// A place in the dump.
    package struct Position: Sendable, Equatable {
        /// Counted from 1.
        package let line: Int
        /// In bytes, counted from 0.
        package let offset: Int
    }

    package let code: Code
    /// What was found and what to try, without a final period.
    package let message: String
    package let position: Position?

    package var description: String {
        guard let position else { return message }
        return "\(message) (line \(position.line), byte \(position.offset))"
    }
}

extension ObjectDumpError {
    private static let remedy = "use `kubectl get pods,svc,endpoints,endpointslices,nodes -A -o json`"

    static let empty = ObjectDumpError(code: .empty, message: "the object dump is empty", position: nil)

    static func notJSON(_ bytes: [UInt8], at position: Position) -> ObjectDumpError {
        let guess = guess(at: bytes[position.offset...])
        return ObjectDumpError(
            code: .notJSON,
            message: "the object dump is not JSON\(guess.map { ", it looks like \($0)" } ?? ""): \(remedy)",
            position: position
        )
    }

    static func truncated(at position: Position) -> ObjectDumpError {
        ObjectDumpError(
            code: .truncated,
            message: "the object dump is cut short: it ends inside the document that begins here",
            position: position
        )
    }

    static func malformed(at position: Position) -> ObjectDumpError {
        ObjectDumpError(
            code: .malformed,
            message: "the object dump is damaged: the document that begins here is not valid JSON",
            position: position
        )
    }

    static func wrongShape(_ found: String) -> ObjectDumpError {
        ObjectDumpError(
            code: .wrongShape,
            message: "the object dump holds \(found), no Kubernetes objects: \(remedy)",
            position: nil
        )
    }

    /// What the first bytes look like to someone who knows what people mix up.
    private static func guess(at bytes: ArraySlice<UInt8>) -> String? {
        let beginnings: [(bytes: [UInt8], what: String)] = [
            ([0x1F, 0x8B], "a gzip file"),
            ([0xD4, 0xC3, 0xB2, 0xA1], "a packet capture"),
            ([0xA1, 0xB2, 0xC3, 0xD4], "a packet capture"),
            ([0x4D, 0x3C, 0xB2, 0xA1], "a packet capture"),
            ([0xA1, 0xB2, 0x3C, 0x4D], "a packet capture"),
            ([0x0A, 0x0D, 0x0D, 0x0A], "a packet capture"),
            ([0xFF, 0xFE], "UTF-16 text"),
            ([0xFE, 0xFF], "UTF-16 text"),
            (Array("<".utf8), "a web page"),
            (Array("HTTP/".utf8), "an HTTP response with its headers"),
            (Array("NAME".utf8), "kubectl's table"),
            (Array("---".utf8), "YAML"),
            (Array("apiVersion:".utf8), "YAML"),
            (Array("kind:".utf8), "YAML"),
            (Array("items:".utf8), "YAML"),
            (Array("error:".utf8), "an error message of kubectl"),
            (Array("Error ".utf8), "an error message of kubectl"),
        ]
        return beginnings.first { bytes.starts(with: $0.bytes) }?.what
    }
}

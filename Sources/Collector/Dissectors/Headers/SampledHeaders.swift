// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The names of header fields whose values examples keep, because somebody asked for them.
package struct SampledHeaders: Equatable, Sendable {
    /// Why a name was refused.
    package enum Refusal: Error, Equatable, Sendable {
        /// Fields of this name carry what lets others in.
        case credentials(String)
        /// No field can have this name (RFC 9110 section 5.1).
        case noName(String)
        /// More than `HeaderLimits.names`.
        case tooMany
    }

    /// In lower case, each once, in the order in which they were asked for.
    package let names: [String]
    private let keys: [[UInt8]]
    /// Their places by index of HPACK's static table, -1 for other names.
    private let places: [Int8]

    /// Checks names.
    ///
    /// - Parameter names: In any case; repeated ones count once.
    /// - Throws: `Refusal` for the first that cannot be had.
    package init(_ names: [String]) throws(Refusal) {
        var known: [String] = []
        for name in names.map({ $0.lowercased() }) where !known.contains(name) {
            guard Self.isName(name) else { throw .noName(name) }
            guard !CredentialFields.contains(name) else { throw .credentials(name) }
            known.append(name)
        }
        guard known.count <= HeaderLimits.names else { throw .tooMany }
        self.names = known
        keys = known.map { Array($0.utf8) }
        places = (0...HPACKStaticTable.count).map { index in
            index == 0
                ? -1 : known.firstIndex(of: HPACKStaticTable.text(ofName: index)).map { Int8($0) } ?? -1
        }
    }

    /// A token of RFC 9110 section 5.6.2 in lower case, not too long.
    private static func isName(_ name: String) -> Bool {
        (1...HeaderLimits.nameLength).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || byte &- 0x30 < 10 || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    /// Which of the names stands there, whatever its case.
    ///
    /// - Parameters:
    ///   - bytes: Where it may be.
    ///   - range: All of the name.
    /// - Returns: Its place in `names`.
    func index(of bytes: RawSpan, _ range: Range<Int>) -> Int? {
        for (index, key) in keys.enumerated() where key.count == range.count {
            var offset = 0
            while offset < key.count,
                Self.lowercased(bytes.octet(at: range.lowerBound &+ offset)) == key[offset]
            {
                offset &+= 1
            }
            if offset == key.count { return index }
        }
        return nil
    }

    /// The place of a name of HPACK's static table, -1 where it was not asked for.
    func place(ofStatic index: Int) -> Int8 { places[index] }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}

extension SampledHeaders.Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .credentials(let name):
            "'\(name)' carries credentials; its values are never kept"
        case .noName(let name):
            "'\(name)' is no name of a header field"
        case .tooMany:
            "at most \(HeaderLimits.names) header fields can be kept"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// What was made of one object of a dump.
enum DumpedObject {
    /// Facts it states; whether it was deleted.
    case facts([InventoryFact], wasDeleted: Bool)
    /// A kind that says nothing about the map.
    case ignored(kind: String)
    /// An object that is not what its kind says.
    case rejected
}

/// A JSON document of a dump: a list, a watch event, an object, or an array of objects.
struct DumpDocument: Decodable {
    private enum CodingKeys: String, CodingKey {
        case kind
        case apiVersion
        case items
        case type
        case object
        case code
    }

    private(set) var objects: [DumpedObject] = []
    /// Names what the document is where that is no Kubernetes object.
    private(set) var foreignShape: String?

    init(from decoder: any Decoder) throws {
        if var array = try? decoder.unkeyedContainer() {
            // What `jq .items` leaves of a list.
            try readItems(&array, kind: nil, apiVersion: nil)
            if objects.isEmpty { foreignShape = "an empty array" }
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let kind = try? container.decode(String.self, forKey: .kind)
        let apiVersion = try? container.decode(String.self, forKey: .apiVersion)
        if kind == nil, container.contains(.object) {
            readEvent(container)
        } else if let kind, kind.hasSuffix("List"), container.contains(.items) {
            // Go writes a list without items as null.
            if (try? container.decodeNil(forKey: .items)) == true { return }
            guard var items = try? container.nestedUnkeyedContainer(forKey: .items) else {
                objects.append(.rejected)
                foreignShape = "a list without items"
                return
            }
            let itemKind = kind == "List" ? nil : String(kind.dropLast("List".count))
            try readItems(&items, kind: itemKind, apiVersion: kind == "List" ? nil : apiVersion)
        } else if kind == "Status" {
            let code = (try? container.decode(Int.self, forKey: .code)).map { " (code \($0))" } ?? ""
            objects.append(.rejected)
            foreignShape = "an error answer of the API server\(code)"
        } else if kind != nil {
            objects.append(ObjectReader.read(decoder, kind: nil, apiVersion: nil))
        } else {
            objects.append(.rejected)
            foreignShape = "JSON without a kind"
        }
    }

    private mutating func readItems(
        _ items: inout any UnkeyedDecodingContainer,
        kind: String?,
        apiVersion: String?
    ) throws {
        while !items.isAtEnd {
            objects.append(ObjectReader.read(try items.superDecoder(), kind: kind, apiVersion: apiVersion))
        }
    }

    private mutating func readEvent(_ container: KeyedDecodingContainer<CodingKeys>) {
        guard let type = try? container.decode(String.self, forKey: .type),
            let object = try? container.superDecoder(forKey: .object)
        else {
            objects.append(.rejected)
            foreignShape = "JSON without a kind"
            return
        }
        switch type {
        case "ADDED", "MODIFIED": objects.append(ObjectReader.read(object, kind: nil, apiVersion: nil))
        case "DELETED":
            let read = ObjectReader.read(object, kind: nil, apiVersion: nil)
            if case .facts(let facts, _) = read {
                objects.append(.facts(facts, wasDeleted: true))
            } else {
                objects.append(read)
            }
        case "BOOKMARK": objects.append(.ignored(kind: "Bookmark"))
        case "ERROR": objects.append(.ignored(kind: "Status"))
        default: objects.append(.rejected)
        }
    }
}

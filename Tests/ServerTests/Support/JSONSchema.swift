// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// As much of JSON Schema 2020-12 as the API's document uses, and stricter: a key that no schema
/// names is a mistake.
struct JSONSchema {
    /// The document that references point into.
    let root: [String: Any]

    /// What is wrong with a value, with the place of it; nothing where it is as described.
    func mistakes(in value: Any, by schema: [String: Any], at path: String = "$") -> [String] {
        if let reference = schema["$ref"] as? String {
            guard let target = resolve(reference) else { return ["\(path): no \(reference)"] }
            return mistakes(in: value, by: target, at: path)
        }
        if let constant = schema["const"] as? NSObject {
            return constant.isEqual(value) ? [] : ["\(path): \(value) is not \(constant)"]
        }
        if let choices = schema["enum"] as? [String] {
            return (value as? String).map(choices.contains) == true ? [] : ["\(path): \(value)"]
        }
        let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
        guard let type = types.first(where: { Self.has(value, $0) }) else { return ["\(path): no \(types)"] }
        switch type {
        case "object": return object(value as? [String: Any] ?? [:], schema, path)
        case "array": return array(value as? [Any] ?? [], schema, path)
        case "integer", "number": return number(value as? NSNumber ?? 0, schema, path)
        default: return []
        }
    }

    func resolve(_ reference: String) -> [String: Any]? {
        reference.split(separator: "/").dropFirst().reduce(root as [String: Any]?) { part, key in
            part?[String(key)] as? [String: Any]
        }
    }

    private static func has(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "null": value is NSNull
        case "integer": (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "number": value is NSNumber
        default: false
        }
    }

    private func object(_ value: [String: Any], _ schema: [String: Any], _ path: String) -> [String] {
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        var mistakes = (schema["required"] as? [String] ?? []).filter { value[$0] == nil }
            .map { "\(path).\($0) is missing" }
        for (key, part) in value {
            if let own = properties[key] ?? schema["additionalProperties"] as? [String: Any] {
                mistakes += self.mistakes(in: part, by: own, at: "\(path).\(key)")
            } else if schema["additionalProperties"] as? Bool != true {
                mistakes.append("\(path).\(key) is not described")
            }
        }
        return mistakes
    }

    private func array(_ value: [Any], _ schema: [String: Any], _ path: String) -> [String] {
        var mistakes: [String] = []
        if let maximum = schema["maxItems"] as? Int, value.count > maximum {
            mistakes.append("\(path): long")
        }
        if let minimum = schema["minItems"] as? Int, value.count < minimum {
            mistakes.append("\(path): short")
        }
        let prefix = schema["prefixItems"] as? [[String: Any]] ?? []
        for (index, part) in value.enumerated() {
            let place = "\(path)[\(index)]"
            if index < prefix.count {
                mistakes += self.mistakes(in: part, by: prefix[index], at: place)
            } else if let items = schema["items"] as? [String: Any] {
                mistakes += self.mistakes(in: part, by: items, at: place)
            } else {
                mistakes.append("\(place) is not described")
            }
        }
        return mistakes
    }

    private func number(_ value: NSNumber, _ schema: [String: Any], _ path: String) -> [String] {
        let isTooSmall = (schema["minimum"] as? Double).map { value.doubleValue < $0 } ?? false
        let isTooLarge = (schema["maximum"] as? Double).map { value.doubleValue > $0 } ?? false
        return isTooSmall || isTooLarge ? ["\(path): \(value) is out of range"] : []
    }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import FoundationXML

/// An XML document as a strict parser reads it.
final class XMLStructure: NSObject, XMLParserDelegate {
    /// One element.
    struct Element {
        var name: String
        var attributes: [String: String]
    }

    private(set) var elements: [Element] = []
    /// The content of each `text` and `title` element.
    var texts: [String] { classedTexts.map(\.text) }
    /// The same with the elements' classes.
    private(set) var classedTexts: [(className: String, text: String)] = []
    private(set) var error: String?
    private var current: (className: String, text: String)?

    init(_ text: String) {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        if !parser.parse() { error = parser.parserError.map { "\($0)" } ?? "not well-formed" }
    }

    func elements(ofClass name: String) -> [Element] {
        elements.filter { ($0.attributes["class"] ?? "").split(separator: " ").contains(Substring(name)) }
    }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        elements.append(Element(name: name, attributes: attributes))
        if name == "text" || name == "title" { current = (attributes["class"] ?? "", "") }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        current?.text += string
    }

    func parser(
        _ parser: XMLParser,
        didEndElement name: String,
        namespaceURI: String?,
        qualifiedName: String?
    ) {
        guard name == "text" || name == "title", let text = current else { return }
        classedTexts.append(text)
        current = nil
    }
}

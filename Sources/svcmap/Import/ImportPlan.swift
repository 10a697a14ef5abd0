// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation

/// The captures that an import reads, in the order of their first frames.
struct ImportPlan {
    /// Lines about files of a folder that are no captures.
    private static let maximumLines = 10

    private struct Candidate {
        let path: String
        /// `nil` where it cannot be known before it is read.
        let start: Timestamp?
    }

    /// Paths, or `-` for standard input.
    private(set) var captures: [String] = []
    /// Every folder could be listed, and held a capture.
    private(set) var isComplete = true

    /// Looks into folders, and at the first frame of each file if there are several.
    ///
    /// What is wrong with a folder is printed; what is wrong with a file that was named, its
    /// import finds out.
    init(_ arguments: [String]) {
        let kinds = arguments.map { InputKind(path: $0) }
        guard arguments.count > 1 || kinds.contains(.folder) else {
            captures = arguments
            return
        }
        var candidates: [Candidate] = []
        for (path, kind) in zip(arguments, kinds) {
            switch kind {
            case .folder: candidates += list(path)
            case .file: candidates.append(Candidate(path: path, start: try? Self.start(of: path)))
            case .stream, .missing: candidates.append(Candidate(path: path, start: nil))
            }
        }
        // Streams last: one that goes on for days keeps nothing waiting. Equals stay as given.
        let known = candidates.enumerated().sorted {
            let (left, right) = ($0.element.start?.nanoseconds, $1.element.start?.nanoseconds)
            return (left == nil ? 1 : 0, left ?? 0, $0.offset) < (right == nil ? 1 : 0, right ?? 0, $1.offset)
        }
        captures = known.map(\.element.path)
    }

    static func isFolder(_ path: String) -> Bool { InputKind(path: path) == .folder }

    /// The captures in a folder, not in those inside it.
    private mutating func list(_ folder: String) -> [Candidate] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            Console.error("\(folder): cannot be listed; check who may read it, or use sudo")
            isComplete = false
            return []
        }
        var found: [Candidate] = []
        var refusals: [String] = []
        var others = 0
        for name in names.sorted() {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            guard !name.hasPrefix("."), InputKind(path: path) == .file else {
                others += 1
                continue
            }
            do throws(CaptureError) {
                found.append(Candidate(path: path, start: try Self.start(of: path)))
            } catch {
                switch error.code {
                case .notACapture, .unsupported: refusals.append(error.message)
                // Unreadable or damaged: its import says so.
                default: found.append(Candidate(path: path, start: nil))
                }
            }
        }
        for refusal in refusals.prefix(Self.maximumLines) { Console.note("skipped \(refusal)") }
        if refusals.count > Self.maximumLines {
            let rest = refusals.count - Self.maximumLines
            Console.note("\(folder): skipped \(Figures.count(rest, "more file")) that are no captures")
        }
        if others > 0 {
            let entries = Figures.count(
                others,
                "hidden file, folder or pipe",
                "hidden files, folders and pipes"
            )
            Console.note("\(folder): skipped \(entries)")
        }
        if found.isEmpty {
            Console.error(
                "\(folder): holds no capture; name a folder with pcap or pcapng files, or the files"
            )
            isComplete = false
        }
        return found
    }

    /// When the first frame of a file was captured; `nil` where it has none.
    private static func start(of path: String) throws(CaptureError) -> Timestamp? {
        var source = try SavefilePacketSource(path: path)
        while try !source.prepare() {}
        var first: Timestamp?
        while first == nil {
            let progress = try? source.read { if first == nil { first = $0.timestamp } }
            guard progress == .delivered else { break }
        }
        return first
    }
}

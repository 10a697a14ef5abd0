// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A failed answer whose meaning depends on what its client asks next.
final class DNSVerdict {
    let responseCode: UInt16
    /// It was a step of a lookup that went on, or that succeeded otherwise.
    var isStep = false

    init(responseCode: UInt16) {
        self.responseCode = responseCode
    }
}

/// One name lookup of one client: the steps of a search list, as far as they were asked for.
///
/// Shared between the tracker and the queries that belong to it.
final class DNSLookup {
    /// A record type asked for in the current step.
    private struct Question {
        let type: UInt16
        var isAnswered = false
    }

    private var steps: [DNSName]
    private var questions: [Question]
    private var held: [DNSVerdict] = []
    /// The leading labels that steps were seen to share: no fewer than the name as given.
    private var sharedLabels: Int?
    private var beganAsGiven = false
    private var isLastStep = false
    private var hasSucceeded = false
    private var lastFailure: Timestamp?
    private var lastActivity: Timestamp

    init(_ name: DNSName, type: UInt16, at time: Timestamp) {
        steps = [name]
        questions = [Question(type: type)]
        lastActivity = time
    }

    /// The number of the current step.
    var step: Int { steps.count }

    /// Whether nothing can belong to it any more.
    func isOver(at time: Timestamp) -> Bool {
        let isWaiting = questions.contains { !$0.isAnswered }
        let limit = isWaiting ? Patience().dnsNanoseconds : DNSLimits.searchStepNanoseconds
        return time - lastActivity > limit
    }

    /// Takes a query if it belongs to the current step or is the next.
    func join(_ name: DNSName, type: UInt16, at time: Timestamp) -> Bool {
        if name == steps.last {
            if let known = questions.firstIndex(where: { $0.type == type }) {
                // Asked again though answered: a new lookup of the same name.
                if questions[known].isAnswered { return false }
            } else {
                questions.append(Question(type: type))
            }
            lastActivity = time
            return true
        }
        guard let lastFailure, time - lastFailure <= DNSLimits.searchStepNanoseconds, !hasSucceeded,
            !isLastStep, steps.count < DNSLimits.searchSteps, fits(type), !steps.contains(name),
            continues(name)
        else { return false }
        for verdict in held { verdict.isStep = true }
        held.removeAll()
        steps.append(name)
        questions = [Question(type: type)]
        self.lastFailure = nil
        lastActivity = time
        return true
    }

    /// Judges a failed answer; the verdict may still change until a second later.
    ///
    /// - Parameters:
    ///   - code: Its response code.
    ///   - type: The record type that was asked for.
    ///   - step: The step to which the query belonged.
    ///   - time: When it came.
    /// - Returns: `nil` where it is final as it is.
    func failed(_ code: UInt16, type: UInt16, step: Int, at time: Timestamp) -> DNSVerdict? {
        let verdict = DNSVerdict(responseCode: code)
        guard step == self.step else {
            verdict.isStep = true
            return verdict
        }
        answered(type, at: time)
        lastFailure = time
        if hasSucceeded, code == DNSResponseCode.nameError {
            verdict.isStep = true
            return verdict
        }
        if isLastStep || hasSucceeded { return nil }
        held.append(verdict)
        return verdict
    }

    /// An answer came that is no failure.
    ///
    /// - Parameters:
    ///   - hasData: It has records, which ends the lookup.
    ///   - type: The record type that was asked for.
    ///   - step: The step to which the query belonged.
    ///   - time: When it came.
    func succeeded(hasData: Bool, type: UInt16, step: Int, at time: Timestamp) {
        guard step == self.step else { return }
        answered(type, at: time)
        guard hasData else {
            // A name without such records: resolvers try the next domain, too.
            lastFailure = time
            return
        }
        hasSucceeded = true
        for verdict in held where verdict.responseCode == DNSResponseCode.nameError { verdict.isStep = true }
        held.removeAll()
    }

    private func answered(_ type: UInt16, at time: Timestamp) {
        if let index = questions.firstIndex(where: { $0.type == type }) { questions[index].isAnswered = true }
        lastActivity = time
    }

    /// Steps ask for the same types, A and AAAA standing for each other.
    private func fits(_ type: UInt16) -> Bool {
        let isAddress = type == DNSRecordType.a || type == DNSRecordType.aaaa
        return questions.contains {
            $0.type == type
                || isAddress && ($0.type == DNSRecordType.a || $0.type == DNSRecordType.aaaa)
        }
    }

    private func continues(_ name: DNSName) -> Bool {
        guard let first = steps.first, let previous = steps.last else { return false }
        if first.isProperPrefix(of: name), steps.count == 1 || beganAsGiven {
            beganAsGiven = true
            return true
        }
        if beganAsGiven { return false }
        if name.isProperPrefix(of: previous) {
            isLastStep = true
            return true
        }
        let (count, end) = previous.commonLabels(with: name)
        guard count > 0, end < name.octets.count else { return false }
        if previous.hasSuffix(from: end, of: name) {
            sharedLabels = min(sharedLabels ?? count, count)
            return true
        }
        guard let sharedLabels else { return false }
        return count >= sharedLabels
    }
}

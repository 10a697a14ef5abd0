// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Result codes (RFC 4511 section 4.1.9 and Appendix A).
enum LDAPResult {
    static let success: UInt8 = 0

    /// What a code makes of a request.
    static func verdict(_ code: UInt8) -> (outcome: Outcome, status: String?) {
        switch code {
        // compareFalse, compareTrue, referral and saslBindInProgress are answers.
        case success, 5, 6, 10, 14: (.ok, nil)
        case 1: (.serverError, "operationsError")
        case 2: (.clientError, "protocolError")
        case 3: (.serverError, "timeLimitExceeded")
        case 4: (.clientError, "sizeLimitExceeded")
        case 7: (.clientError, "authMethodNotSupported")
        case 8: (.clientError, "strongerAuthRequired")
        case 11: (.serverError, "adminLimitExceeded")
        case 12: (.clientError, "unavailableCriticalExtension")
        case 13: (.clientError, "confidentialityRequired")
        case 16: (.clientError, "noSuchAttribute")
        case 17...21: (.clientError, "attributeError")
        case 32: (.clientError, "noSuchObject")
        case 33...36: (.clientError, "nameError")
        case 48: (.clientError, "inappropriateAuthentication")
        case 49: (.clientError, "invalidCredentials")
        case 50: (.clientError, "insufficientAccessRights")
        case 51: (.serverError, "busy")
        case 52: (.serverError, "unavailable")
        case 53: (.serverError, "unwillingToPerform")
        case 54: (.serverError, "loopDetect")
        case 64...71: (.clientError, "updateError")
        default: (.serverError, "other")
        }
    }
}

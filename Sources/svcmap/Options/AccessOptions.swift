// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Foundation
import Server

/// Where the server listens, and who may read from it.
struct AccessOptions: ParsableArguments {
    @Option(name: .long, help: Setting.host.help)
    var host: String?

    @Option(name: .long, help: Setting.port.help)
    var port: String?

    @Option(name: .long, help: Setting.tokenFile.help)
    var tokenFile: String?

    @Flag(name: .long, help: Setting.noAuth.help)
    var noAuth = false

    @Option(name: .long, help: Setting.allowedHost.help)
    var allowedHost: [String] = []

    @Option(name: .customLong(Setting.tlsCertificate.rawValue), help: Setting.tlsCertificate.help)
    var tlsCertificate: String?

    @Option(name: .customLong(Setting.tlsKey.rawValue), help: Setting.tlsKey.help)
    var tlsKey: String?

    @Option(name: .customLong(Setting.tlsClientAuthority.rawValue), help: Setting.tlsClientAuthority.help)
    var tlsClientAuthority: String?

    /// Longer files are no tokens.
    private static let maximumTokenFileLength = 64 * 1_024

    /// Options given, as settings.
    var settings: [Setting: String] {
        var settings: [Setting: String] = [:]
        settings[.host] = host
        settings[.port] = port
        settings[.tokenFile] = tokenFile
        settings[.tlsCertificate] = tlsCertificate
        settings[.tlsKey] = tlsKey
        settings[.tlsClientAuthority] = tlsClientAuthority
        if noAuth { settings[.noAuth] = "true" }
        if !allowedHost.isEmpty { settings[.allowedHost] = allowedHost.joined(separator: ",") }
        return settings
    }

    /// What the server is told.
    static func configuration(_ settings: Settings) throws -> ServerBuilder.Configuration {
        var configuration = ServerBuilder.Configuration()
        configuration.host = settings.string(.host, default: configuration.host)
        configuration.port = try settings.integer(.port, in: 0...65_535, default: configuration.port)
        configuration.token = try token(settings)
        configuration.isOpen = try settings.boolean(.noAuth, default: false)
        configuration.tls = try tls(settings)
        configuration.allowedHosts = settings.list(.allowedHost)
        return configuration
    }

    /// The files of TLS, which come in pairs.
    private static func tls(_ settings: Settings) throws -> TLSFiles? {
        let authority = settings.text(.tlsClientAuthority)
        switch (settings.text(.tlsCertificate), settings.text(.tlsKey)) {
        case (let certificate?, let key?):
            return TLSFiles(certificate: certificate.value, key: key.value, clientAuthority: authority?.value)
        case (let (_, source)?, nil):
            throw UsageError("\(source) needs --tls-key beside it")
        case (nil, let (_, source)?):
            throw UsageError("\(source) needs --tls-cert beside it")
        case (nil, nil):
            if let authority {
                throw UsageError("\(authority.source) needs --tls-cert and --tls-key beside it")
            }
            return nil
        }
    }

    /// The token, of which there is one source or none.
    private static func token(_ settings: Settings) throws -> AccessToken? {
        switch (settings.text(.token), settings.text(.tokenFile)) {
        case (let (_, source)?, let (_, fileSource)?):
            throw UsageError("\(source) and \(fileSource) both give a token: leave one out")
        case (let (text, source)?, nil):
            return try token(text, from: source)
        case (nil, let (path, source)?):
            let text: String
            do {
                let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                defer { try? file.close() }
                text = String(
                    decoding: try file.read(upToCount: maximumTokenFileLength) ?? Data(),
                    as: UTF8.self
                )
            } catch {
                throw UsageError("\(source): cannot read \(path): \(error.localizedDescription)")
            }
            return try token(text, from: "\(source) (\(path))")
        case (nil, nil):
            return nil
        }
    }

    private static func token(_ text: String, from source: String) throws -> AccessToken {
        do {
            return try AccessToken(text)
        } catch {
            throw UsageError("\(source): \(error)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Logging
import NIOCertificateReloading
import NIOSSL

/// Where certificate and key are, in PEM, and whose certificates clients must show.
///
/// The files are read again from time to time, so that a renewed certificate takes no restart.
package struct TLSFiles: Sendable {
    /// How often the files are looked at.
    package static let refreshInterval = Duration.seconds(60)

    /// The server's certificate, and those between it and its root.
    package let certificate: String
    package let key: String
    /// Roots of clients' certificates; `nil` asks clients for none.
    package let clientAuthority: String?
    package var refreshInterval = TLSFiles.refreshInterval

    package init(certificate: String, key: String, clientAuthority: String?) {
        self.certificate = certificate
        self.key = key
        self.clientAuthority = clientAuthority
    }

    /// Reads the files for the first time.
    ///
    /// - Throws: `ServerError` where one cannot be read, or key and certificate are no pair.
    func reloader(logger: Logger) throws(ServerError) -> TimedCertificateReloader {
        var configuration = TimedCertificateReloader.Configuration(
            refreshInterval: refreshInterval,
            certificateSource: .init(location: .file(path: certificate), format: .pem),
            privateKeySource: .init(location: .file(path: key), format: .pem)
        )
        do {
            // The first failure is thrown, so it need not be logged.
            _ = try TimedCertificateReloader.makeReloaderValidatingSources(configuration: configuration)
            // Later ones leave what was valid in use; somebody should know before it ends.
            configuration.onCertificateLoadFailed = { failure in
                logger.error(
                    "The certificate could not be read again.",
                    metadata: ["cause": "\(failure.error)"]
                )
            }
            return try .makeReloaderValidatingSources(configuration: configuration)
        } catch {
            throw .badTLS("\(certificate), \(key): \(error)")
        }
    }

    /// TLS 1.2 or later, with what the reloader has at the time of each handshake.
    ///
    /// - Throws: `ServerError` where the roots of clients cannot be read.
    func configuration(_ reloader: TimedCertificateReloader) throws(ServerError) -> TLSConfiguration {
        do {
            var configuration: TLSConfiguration
            if let clientAuthority {
                let roots = try NIOSSLCertificate.fromPEMFile(clientAuthority)
                configuration = try .makeServerConfigurationWithMTLS(
                    certificateReloader: reloader,
                    trustRoots: .certificates(roots)
                )
            } else {
                configuration = try .makeServerConfiguration(certificateReloader: reloader)
            }
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            return configuration
        } catch {
            throw .badTLS("\(clientAuthority ?? certificate): \(error)")
        }
    }
}

// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import PackageDescription

/// Strict builds (`make lint`, `.ci/run`) turn warnings into errors.
///
/// A stranger's compiler may warn about something ours does not, and must still get a binary.
let isStrict = Context.environment["SVCMAP_STRICT"] != nil

let baseline: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

/// A release build leaves out what was an eighth of the time of a frame.
///
/// Exclusive access to the state of classes is checked while a program runs in debug builds, and
/// so under the sanitizers; accesses that the compiler can see are checked by it in both.
let uncheckedAccess: [SwiftSetting] = [
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

/// Only where views over borrowed bytes are returned.
let borrowedViews: [SwiftSetting] = baseline + [.enableExperimentalFeature("Lifetimes")]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "svcmap",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "svcmap", targets: ["svcmap"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    ],
    targets: [
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CGraphviz", pkgConfig: "libgvc", providers: [.apt(["libgraphviz-dev"])]),
        .target(name: "CPage"),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),

        .target(name: "FlowModel", swiftSettings: baseline + uncheckedAccess),
        .target(
            name: "Collector",
            dependencies: ["FlowModel", "CPcap", "CZlib", crypto],
            swiftSettings: borrowedViews + uncheckedAccess
        ),
        .target(name: "Graph", dependencies: ["FlowModel", "CRE2"], swiftSettings: baseline),
        .target(
            name: "Storage",
            dependencies: [
                "FlowModel", "Graph", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: baseline + uncheckedAccess
        ),
        .target(name: "Kubernetes", dependencies: ["FlowModel", "Graph"], swiftSettings: baseline),
        .target(
            name: "Render",
            dependencies: [
                "FlowModel", "Graph", "CGraphviz",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: baseline
        ),
        .target(
            name: "Server",
            dependencies: [
                "FlowModel", "Graph", "Storage", "Render", "CPage", "CZlib", crypto, logging, lifecycle,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: baseline
        ),
        .executableTarget(
            name: "svcmap",
            dependencies: [
                "FlowModel", "Collector", "Graph", "Storage", "Kubernetes", "Render", "Server",
                logging, lifecycle,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: baseline
        ),

        .target(
            name: "TestKit",
            dependencies: ["FlowModel", "Graph"],
            path: "Tests/TestKit",
            swiftSettings: baseline
        ),
        .testTarget(name: "FlowModelTests", dependencies: ["FlowModel", "TestKit"], swiftSettings: baseline),
        .testTarget(
            name: "CollectorTests",
            dependencies: ["Collector", "FlowModel", "TestKit"],
            swiftSettings: borrowedViews
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["Collector", "Kubernetes", "Graph", "FlowModel", "TestKit"],
            path: "Fuzz",
            exclude: [
                "Regressions", "Blocks.swift", "Tables.swift", "Support/Require.swift",
                "Support/SightingModel.swift", "seeds.py",
            ],
            swiftSettings: borrowedViews
        ),
        .testTarget(
            name: "GraphTests",
            dependencies: ["Graph", "FlowModel", "TestKit"],
            swiftSettings: baseline
        ),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Storage", "Graph", "FlowModel", "TestKit", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: baseline
        ),
        .testTarget(
            name: "KubernetesTests",
            dependencies: ["Kubernetes", "Graph", "FlowModel", "TestKit"],
            swiftSettings: baseline
        ),
        .testTarget(
            name: "RenderTests",
            dependencies: ["Render", "Graph", "FlowModel", "TestKit"],
            swiftSettings: baseline
        ),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "Storage", "Render", "Graph", "FlowModel", "TestKit", logging, lifecycle,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            swiftSettings: baseline
        ),
        .testTarget(
            name: "SvcmapTests",
            dependencies: [
                "svcmap", "FlowModel", "TestKit", .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: baseline
        ),
    ]
)

/// Benchmarks are not part of ordinary builds: `make bench` sets the variable.
if Context.environment["SVCMAP_BENCH"] != nil {
    package.targets += [
        .target(name: "CAllocationCount", path: "Benchmarks/CAllocationCount"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["Collector", "FlowModel", "CAllocationCount"],
            path: "Benchmarks/Hot",
            swiftSettings: borrowedViews
        ),
        .executableTarget(
            name: "StoreBenchmark",
            dependencies: ["Storage", "Graph", "FlowModel"],
            path: "Benchmarks/Store",
            swiftSettings: baseline
        ),
        .executableTarget(
            name: "LayoutBenchmark",
            dependencies: ["Render", "Graph", "TestKit"],
            path: "Benchmarks/Layout",
            swiftSettings: baseline
        ),
    ]
}

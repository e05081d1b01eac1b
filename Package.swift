// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// One strict dialect for every target of the package, tests included.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let hashTrees: Target.Dependency = .product(name: "HashTreeCollections", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// A library target of the module map in `Sources/README.md`; the arrows there are these dependency lists.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, exclude: documents[name] ?? [], swiftSettings: strict)
}

/// Documents that live beside the code they describe.
let documents = ["OVIngest": ["EGRESS.md"], "OVSearch": ["FORMAT.md"], "OVStore": ["FORMAT.md"]]

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["OVTestSupport", "OVTestTraits"], swiftSettings: strict)
}

let package = Package(
    name: "ov",
    products: [.executable(name: "ov", targets: ["ov"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        .executableTarget(name: "ov", dependencies: ["OVCLI", "OVSystem"], swiftSettings: strict),
        module(
            "OVCLI",
            [
                "OVAPI", "OVClient", "OVCore", "OVEngine", "OVHTTP", "OVMCP", "OVSystem", argumentParser, lifecycle,
                logging, signals,
            ]),
        module(
            "OVHTTP",
            [
                "CZlib", "OVAPI", "OVCore", "OVMCP", "OVSystem", httpTypes, hummingbird, hummingbirdCore, lifecycle,
                logging,
                nioCore, nioHTTP1, nioHTTPTypes,
            ]),
        module(
            "OVEngine",
            ["OVAPI", "OVCore", "OVIngest", "OVSearch", "OVStore", "OVSystem", heap, lifecycle, logging]),
        module("OVClient", ["OVAPI", "OVCore", "OVSystem", "OVWire", httpClient, nioCore, nioHTTP1, nioPosix, nioSSL]),
        module(
            "OVIngest",
            ["CZlib", "OVCore", "OVSystem", "OVWire", crypto, httpClient, nioCore, nioHTTP1, nioPosix, nioSSL]),
        module("OVWire", [nioCore, nioHTTP1]),
        module("OVStore", ["CZlib", "OVCore", "OVSystem", crypto, hashTrees]),
        module("OVSearch", ["OVCore"]),
        module("OVMCP", ["OVAPI", "OVCore", "OVSystem"]),
        module("OVAPI", ["OVCore"]),
        module("OVCore", []),
        module("OVSystem", ["COVSystem"]),
        .target(name: "COVSystem"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(
            name: "OVTestSupport", dependencies: ["OVCore", "OVStore", "OVSystem"], path: "Tests/OVTestSupport",
            swiftSettings: strict),
        .target(name: "OVTestTraits", dependencies: [], path: "Tests/OVTestTraits", swiftSettings: strict),
        .target(
            name: "OVFuzzTargets", dependencies: ["OVCore", "OVSearch", "OVStore", "OVIngest"],
            path: "Tests/OVFuzzTargets", swiftSettings: strict),
        .target(
            name: "OVSimulation",
            dependencies: [
                "OVEngine", "OVStore", "OVIngest", "OVAPI", "OVCore", "OVSystem", "OVTestSupport", heap, logging,
            ], path: "Tests/OVSimulation", swiftSettings: strict),
        tests("OVCoreTests", ["OVCore"]),
        tests("OVSystemTests", ["OVSystem", "ov"]),
        tests("OVSearchTests", ["OVSearch", "OVCore"]),
        tests("OVStoreTests", ["OVStore", "OVCore", "OVSystem", "CZlib"]),
        tests("OVIngestTests", ["OVIngest", "OVCore", "OVSystem", "CZlib", "ov"]),
        tests("OVAPITests", ["OVAPI", "OVCore"]),
        tests(
            "OVEngineTests",
            [
                "OVEngine", "OVAPI", "OVStore", "OVSearch", "OVIngest", "OVCore", "OVSystem", "OVSimulation", lifecycle,
                logging,
            ]),
        tests(
            "OVClientTests",
            [
                "OVClient", "OVHTTP", "OVEngine", "OVIngest", "OVStore", "OVAPI", "OVCore", "OVSystem", lifecycle,
                logging,
            ]),
        tests(
            "OVCLITests", ["OVCLI", "OVClient", "OVCore", "OVAPI", "OVEngine", "OVSystem", argumentParser, lifecycle]),
        tests(
            "OVHTTPTests",
            [
                "OVHTTP", "OVMCP", "OVEngine", "OVIngest", "OVStore", "OVAPI", "OVCore", "OVSystem", httpTypes,
                hummingbird,
                hummingbirdTesting, lifecycle, logging, nioCore,
            ]),
        tests("OVMCPTests", ["OVMCP", "OVAPI", "OVCore", "OVSystem"]),
        tests("FuzzTests", ["OVFuzzTargets"]),
        tests("EndToEndTests", ["OVCore", "OVStore", "OVSystem", "ov"]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "OVEngine", "OVStore", "OVSearch", "OVAPI", "OVCore", "OVSystem", "OVSimulation", "OVTestSupport",
                hummingbird, lifecycle, logging, nioCore,
            ],
            path: "Tests/Benchmarks", exclude: ["compare-search.py"], swiftSettings: strict),
    ]
)

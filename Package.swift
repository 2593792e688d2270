// swift-tools-version: 6.2
import PackageDescription

// Rooms and the direction of their imports are in docs/decisions/0001-rooms.md; scripts/check-imports keeps them.

let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "stepstream",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Stepstream", targets: ["Stepstream"]),
        .library(name: "StepstreamStore", targets: ["StepstreamStore"]),
        .library(name: "StepstreamTesting", targets: ["StepstreamTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CHiredis", path: "Sources/CHiredis"),
        .target(
            name: "RedisClient",
            dependencies: ["CHiredis", nio, nioPosix, .product(name: "NIOSSL", package: "swift-nio-ssl"), crypto, logging, lifecycle]
        ),
        .target(name: "EmbeddedRedis", dependencies: [logging, lifecycle]),
        .target(name: "Stepstream", dependencies: [yams, crypto, logging, lifecycle]),
        .target(
            name: "StepstreamStore",
            dependencies: ["Stepstream", "RedisClient", crypto, logging, lifecycle],
            resources: [.embedInCode("Scripts")]
        ),
        .target(name: "StepstreamTesting", dependencies: ["Stepstream", "EmbeddedRedis", nio, nioPosix, logging, lifecycle]),

        .testTarget(name: "StepstreamTests", dependencies: ["Stepstream", "StepstreamTesting"]),
        .testTarget(name: "StepstreamStoreTests", dependencies: ["StepstreamStore", "Stepstream", "RedisClient", "StepstreamTesting", logging]),
    ]
)

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

for target in package.targets where target.type != .system && target.type != .plugin {
    target.swiftSettings = settings + (target.swiftSettings ?? [])
}

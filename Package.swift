// swift-tools-version: 6.2
import PackageDescription

// Modules and the direction of their imports are in docs/decisions/0001-modules.md; scripts/check-imports keeps them.

let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "stepstream",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Stepstream", targets: ["Stepstream"]),
        .library(name: "StepstreamYAML", targets: ["StepstreamYAML"]),
        .library(name: "StepstreamStore", targets: ["StepstreamStore"]),
        .library(name: "StepstreamWorker", targets: ["StepstreamWorker"]),
        .library(name: "StepstreamServer", targets: ["StepstreamServer"]),
        .library(name: "StepstreamTesting", targets: ["StepstreamTesting"]),
        .executable(name: "stepstream", targets: ["StepstreamCommand"]),
        .executable(name: "stepstream-bench", targets: ["StepstreamBenchmarks"]),
        .executable(name: "orders", targets: ["OrdersCommand"]),
        .executable(name: "stepstream-lab", targets: ["LaboratoryCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-async-algorithms.git", from: "1.0.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
    ],
    targets: [
        .systemLibrary(name: "CHiredis", path: "Sources/CHiredis"),
        .systemLibrary(name: "CHiredisClient", path: "Benchmarks/Sources/CHiredisClient"),
        .target(name: "EventLoopTasks", dependencies: [nio]),
        .target(name: "ChildProcesses"),
        .target(name: "Rigging"),
        .target(
            name: "RedisClient",
            dependencies: [
                "CHiredis", "EventLoopTasks", nio, nioPosix, .product(name: "NIOSSL", package: "swift-nio-ssl"), crypto, logging, lifecycle,
            ]
        ),
        .target(name: "EmbeddedRedis", dependencies: ["ChildProcesses", logging, lifecycle]),
        .target(name: "StepstreamJSON"),
        .target(name: "Stepstream", dependencies: ["StepstreamJSON", crypto, metrics, logging, lifecycle]),
        .target(name: "StepstreamYAML", dependencies: ["Stepstream", "StepstreamJSON", yams]),
        .target(name: "StepstreamMetrics", dependencies: ["Stepstream", metrics]),
        .target(name: "StepstreamTracing", dependencies: ["Stepstream", tracing, httpClient, nio, nioHTTP, logging, lifecycle]),
        .target(
            name: "StepstreamStore",
            dependencies: ["Stepstream", "RedisClient", crypto, logging, lifecycle],
            resources: [.embedInCode("Scripts")]
        ),
        .target(
            name: "StepstreamWorker",
            dependencies: ["Stepstream", "ChildProcesses", httpClient, nio, nioHTTP, nioPosix, nioSSL, logging, lifecycle]
        ),
        .target(
            name: "StepstreamAPI",
            dependencies: [
                "Stepstream", "EventLoopTasks", asyncAlgorithms, hummingbird, hummingbirdCore, httpTypes, nioHTTPTypes, nioHTTPTypesHTTP1,
                nio, nioHTTP, nioWebSocket, crypto, logging, lifecycle,
            ],
            resources: [.embedInCode("Description")]
        ),
        .target(
            name: "StepstreamDashboard",
            dependencies: ["StepstreamAPI", "Stepstream", asyncAlgorithms, hummingbird, httpTypes, nio, crypto, logging, lifecycle],
            resources: [.embedInCode("Assets")]
        ),
        .target(
            name: "StepstreamServer",
            dependencies: [
                "StepstreamAPI", "StepstreamDashboard", "Stepstream", hummingbird, hummingbirdCore, httpTypes, nio, logging, lifecycle,
            ]
        ),
        .target(
            name: "StepstreamConfiguration",
            dependencies: ["StepstreamServer", "StepstreamWorker", "StepstreamStore", "RedisClient", "Stepstream", yams, logging]
        ),
        .executableTarget(
            name: "StepstreamCommand",
            dependencies: [
                "StepstreamConfiguration", "StepstreamServer", "StepstreamWorker", "StepstreamStore", "StepstreamMetrics",
                "StepstreamTracing", "EmbeddedRedis",
                "RedisClient",
                "Stepstream", "StepstreamYAML",
                arguments, httpClient, nio, nioHTTP, nioPosix, logging, lifecycle, signals,
            ]
        ),
        .target(name: "StepstreamTesting", dependencies: ["Stepstream", "EmbeddedRedis", "Rigging", nio, nioPosix, logging, lifecycle]),

        .target(
            name: "Orders",
            dependencies: [
                "ChildProcesses", "Rigging", hummingbird, httpClient, nio, nioPosix, nioHTTP, httpTypes, grdb, logging, lifecycle, signals,
            ],
            path: "Examples/Orders/Sources/Orders"
        ),
        .executableTarget(
            name: "OrdersCommand",
            dependencies: ["Orders", arguments, httpClient, logging, lifecycle, signals],
            path: "Examples/Orders/Sources/OrdersCommand"
        ),

        .executableTarget(
            name: "StepstreamBenchmarks",
            dependencies: [
                "Stepstream", "StepstreamStore", "StepstreamWorker", "StepstreamServer", "StepstreamMetrics", "RedisClient",
                "EmbeddedRedis", "ChildProcesses", "CHiredisClient", "Rigging", arguments, logging, lifecycle, nio, hummingbird, httpClient,
                histogram,
            ],
            path: "Benchmarks/Sources/StepstreamBenchmarks"
        ),

        // The crash laboratory: an oracle of its own over the built program `stepstream`; it links none of the program's parts but the
        // names of its failpoints and planted faults, what starts child processes, and the rig of the tests.
        .target(
            name: "Laboratory",
            dependencies: ["Stepstream", "ChildProcesses", "Rigging", httpClient, nio, nioPosix, nioHTTP, logging],
            path: "Laboratory/Sources/Laboratory"
        ),
        .executableTarget(
            name: "LaboratoryCommand",
            dependencies: ["Laboratory", "Stepstream", arguments],
            path: "Laboratory/Sources/LaboratoryCommand"
        ),

        .testTarget(name: "ChildProcessesTests", dependencies: ["ChildProcesses"]),
        .testTarget(name: "EmbeddedRedisTests", dependencies: ["EmbeddedRedis", "StepstreamTesting", nio, nioPosix, logging, lifecycle]),
        .testTarget(name: "OrdersTests", dependencies: ["Orders", httpClient, nio, nioHTTP, grdb, logging, lifecycle]),
        .testTarget(name: "LaboratoryTests", dependencies: ["Laboratory", "Rigging"]),
        .testTarget(
            name: "RedisClientTests",
            dependencies: ["RedisClient", "ChildProcesses", "Rigging", nio, nioPosix, nioSSL, logging, lifecycle]
        ),
        .testTarget(
            name: "StepstreamTests",
            dependencies: [
                "Stepstream", "StepstreamJSON", "StepstreamYAML", "StepstreamMetrics", "StepstreamTesting", "Rigging", metrics, lifecycle,
            ]
        ),
        .testTarget(
            name: "StepstreamStoreTests",
            dependencies: ["StepstreamStore", "Stepstream", "RedisClient", "StepstreamTesting", "Rigging", logging]
        ),
        .testTarget(
            name: "StepstreamWorkerTests",
            dependencies: [
                "StepstreamWorker", "Stepstream", "StepstreamStore", "RedisClient", "ChildProcesses", "StepstreamTesting", "Rigging",
                httpClient, nio,
                nioPosix, nioHTTP, nioSSL, logging, lifecycle,
            ]
        ),
        .testTarget(
            name: "StepstreamServerTests",
            dependencies: [
                "StepstreamServer", "StepstreamAPI", "StepstreamDashboard", "StepstreamStore", "StepstreamMetrics", "StepstreamTracing",
                "Stepstream",
                "RedisClient", "StepstreamTesting", tracing, hummingbird,
                hummingbirdCore,
                httpTypes,
                httpClient,
                nio, nioHTTP, nioPosix, nioWebSocket, nioEmbedded, logging, lifecycle,
            ]
        ),
        .testTarget(
            name: "StepstreamConfigurationTests",
            dependencies: [
                "StepstreamConfiguration", "StepstreamServer", "StepstreamWorker", "StepstreamStore", "RedisClient", "Stepstream", logging,
            ]
        ),
        .testTarget(
            name: "EmbeddingTests",
            dependencies: [
                "Stepstream", "StepstreamYAML", "StepstreamStore", "StepstreamWorker", "StepstreamServer", "StepstreamTesting", httpClient,
                nio,
                nioHTTP, logging, lifecycle, signals,
            ]
        ),
        // Runs the built program `stepstream`, real Redis servers and a service of its own, and links none of the program's parts.
        .testTarget(
            name: "SystemTests",
            dependencies: [
                "Stepstream", "StepstreamTesting", "ChildProcesses", "Rigging", "LaboratoryCommand", "OrdersCommand", httpClient, nio,
                nioHTTP,
                nioPosix,
            ]
        ),
    ]
)

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // Failpoints and planted faults for the crash laboratory; a release build has none.
    .define("LABORATORY", .when(configuration: .debug)),
]

for target in package.targets where target.type != .system && target.type != .plugin {
    target.swiftSettings = settings + (target.swiftSettings ?? [])
}

// swift-tools-version: 6.2
import PackageDescription

/// `make fuzz` builds the fuzzers, with our own code instrumented and its assertions on.
let isFuzzing = Context.environment["NEEDLETAIL_FUZZ"] != nil
let instrumented: [SwiftSetting] =
    isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address", "-assert-config", "Debug"])] : []

/// The same strict settings for every target of ours; see the README's section on the source.
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("ImmutableWeakCaptures"),
        .enableExperimentalFeature("Lifetimes"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        // Debug builds, and so all tests, check exclusive access to memory at run time; per line it would cost too much.
        .unsafeFlags(["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release)),
    ] + instrumented

/// How the agent is linked. Nothing outside looks anything up in it, so that what is not used can go, and with it 5 of 88 MB.
let linking: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=safe"],
        .when(platforms: [.linux], configuration: .release))
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies,
        exclude: exclude,
        resources: resources,
        swiftSettings: strict
    )
}

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdRouter: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let fuzzers: [Target] = [
    .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
        name: "needletail-fuzz",
        dependencies: ["FuzzTargets", "CFuzzer"],
        path: "Tests/Fuzz/Driver",
        swiftSettings: strict,
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
    ),
]

let package = Package(
    name: "needletail",
    products: [
        .executable(name: "needletail", targets: ["needletail"]),
        .executable(name: "needletail-bench", targets: ["needletail-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.5.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // A target imports only from targets above it; `make lint` builds with the check that keeps it so.
        .target(
            name: "CShim",
            cSettings: isFuzzing ? [.unsafeFlags(["-fsanitize=fuzzer-no-link,address"])] : []),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        library("ByteTools", ["CShim"]),
        library("SystemTools", ["CShim"]),
        library("SQLiteTools", [grdb]),
        library("EventModel", ["ByteTools"]),
        library(
            "FileRegistry",
            ["EventModel", "SQLiteTools", "SystemTools", "ByteTools", "CShim", "CZlib", grdb, grdbSQLite, logging]),
        library("EventFields", ["EventModel", "ByteTools", "CShim"]),
        library("Parsing", ["EventFields", "EventModel", "ByteTools", "CShim", "CPCRE2"]),
        library(
            "FileInput", ["Parsing", "FileRegistry", "EventModel", "ByteTools", "CShim", "CZlib", crypto, logging]),
        library("Publishing", ["EventModel", "ByteTools", "CShim", logging]),
        library(
            "Transport",
            ["Publishing", "EventModel", "ByteTools", "CShim", nioCore, nioPosix, nioTLS, nioSSL, crypto, logging]
        ),
        library("LumberjackCodec", ["ByteTools", "CZlib", "CDeflate"]),
        library(
            "LumberjackOutput",
            ["LumberjackCodec", "Transport", "Publishing", "EventModel", "ByteTools", nioCore, nioPosix, logging]
        ),
        library(
            "TCPOutput",
            ["Transport", "Publishing", "EventModel", "ByteTools", "CShim", nioCore, nioPosix, logging]
        ),
        library(
            "HTTPTransport",
            [
                "Transport", "Publishing", "EventModel", "ByteTools", "CDeflate", nioCore, nioPosix, nioSSL, nioHTTP1,
                asyncHTTPClient, logging,
            ]
        ),
        library(
            "HTTPOutput",
            ["HTTPTransport", "Transport", "Publishing", "EventModel", "ByteTools", nioCore, logging]
        ),
        library(
            "ElasticsearchOutput",
            ["HTTPTransport", "Transport", "Publishing", "EventModel", "ByteTools", nioCore, nioHTTP1, logging]
        ),
        // librdkafka is loaded at run time: the header is all that is needed to build.
        .target(name: "CKafka", linkerSettings: [.linkedLibrary("dl")]),
        library(
            "KafkaOutput",
            [
                "CKafka", "HTTPTransport", "Transport", "Publishing", "EventModel", "SystemTools", "ByteTools", nioCore,
                nioHTTP1, asyncHTTPClient, logging,
            ]),
        // The mock cluster and the consumer that tests read it with; never linked into the product.
        .systemLibrary(name: "CRdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        // The documents that `setup` loads, which lie in Sources/ElasticSetup/Documents.
        .target(name: "CElasticSetup"),
        .target(
            name: "ElasticSetup",
            dependencies: [
                "HTTPTransport", "Publishing", "EventModel", "CElasticSetup", asyncHTTPClient, nioCore, nioHTTP1,
            ],
            exclude: ["Documents"],
            swiftSettings: strict
        ),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        library(
            "LogStore",
            [
                "EventFields", "EventModel", "SQLiteTools", "SystemTools", "ByteTools", "CShim", "CZstd", grdb,
                grdbSQLite,
                logging,
            ]),
        library("LogQuery", ["LogStore", "EventFields", "EventModel", "ByteTools"]),
        library("FileOutput", ["Publishing", "EventModel", "SystemTools", "ByteTools", "CShim", logging]),
        library("RecordTools", ["HTTPTransport", "EventFields", "EventModel", "ByteTools", "CShim", nioCore]),
        library(
            "OTLPOutput",
            [
                "RecordTools", "HTTPTransport", "EventFields", "Transport", "Publishing", "EventModel", "ByteTools",
                nioCore, logging,
            ]),
        library(
            "LokiOutput",
            [
                "RecordTools", "HTTPTransport", "EventFields", "Transport", "Publishing", "EventModel", "ByteTools",
                "CShim", nioCore, logging,
            ]),
        library(
            "AgentConfig",
            [
                "LumberjackOutput", "TCPOutput", "HTTPOutput", "KafkaOutput", "HTTPTransport", "FileOutput",
                "Transport", "Publishing", "ElasticsearchOutput", "OTLPOutput", "LokiOutput",
                "Parsing", "FileInput", "FileRegistry", "EventModel", "ByteTools", yams,
            ]
        ),
        library(
            "Agent",
            [
                "AgentConfig", "LumberjackOutput", "TCPOutput", "HTTPOutput", "KafkaOutput", "FileOutput", "Transport",
                "Publishing", "Parsing", "FileInput", "FileRegistry", "EventModel", "ByteTools", "CShim", "CZlib",
                hummingbird, "ElasticsearchOutput", "OTLPOutput", "LokiOutput",
                httpTypes, serviceLifecycle, unixSignals, nioCore, nioPosix, logging,
            ]
        ),
        // The page's files, which lie in Sources/Collector/Page.
        .target(name: "CPage"),
        .target(
            name: "Collector",
            dependencies: [
                "AgentConfig", "LogQuery", "LogStore", "EventFields", "LumberjackCodec", "Transport", "EventModel",
                "SystemTools", "ByteTools", "CShim", "CPage", "CZlib", hummingbirdRouter, hummingbird, hummingbirdTLS,
                httpTypes, serviceLifecycle, unixSignals, nioCore, nioPosix, nioHTTP1, nioTLS, nioSSL, crypto, logging,
            ],
            exclude: ["Page"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "needletail",
            dependencies: [
                "Agent", "AgentConfig", "FileRegistry", "Collector", "LogQuery", "LogStore", "EventFields",
                "ElasticSetup", "ElasticsearchOutput", "HTTPTransport", "Transport", "EventModel", "SystemTools",
                "ByteTools", "CShim", argumentParser, asyncHTTPClient, nioCore, nioHTTP1, logging,
            ],
            swiftSettings: strict,
            linkerSettings: linking
        ),
        .executableTarget(
            name: "needletail-bench",
            dependencies: [
                "Agent", "LogQuery", "LogStore", "EventFields", "SystemTools", "LumberjackCodec", "Publishing",
                "FileInput", "Parsing", "FileRegistry", "EventModel", "ByteTools", logging,
            ],
            path: "Benchmarks/needletail-bench",
            swiftSettings: strict,
            // valgrind 3.19 cannot read what lld makes of the debug information.
            linkerSettings: linking + [.unsafeFlags(["-Xlinker", "--strip-debug"], .when(configuration: .release))]
        ),
        library(
            "TestSupport",
            [
                "Publishing", "EventModel", "ByteTools", "LumberjackCodec", "CRdkafka", "CShim", "CZlib", nioCore,
                nioPosix, nioSSL, nioHTTP1, crypto, logging,
            ]
        ),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "TestSupport", "Collector", "LogQuery", "LogStore", "EventFields", "AgentConfig", "HTTPTransport",
                "ElasticsearchOutput",
                "LumberjackCodec", "Publishing", "Parsing", "FileInput", "EventModel", "ByteTools", "CShim",
            ],
            path: "Tests/Fuzz/Targets",
            swiftSettings: strict
        ),
        tests("FuzzTargets"),
        tests("ByteTools", ["CShim"]),
        tests("EventModel", ["ByteTools"]),
        tests("FileRegistry", ["EventModel", "SystemTools", "CShim", grdb, logging]),
        tests("Parsing", ["EventFields", "EventModel", "ByteTools", "CShim"]),
        tests("FileInput", ["FileRegistry", "Parsing", "EventModel", "ByteTools", "CShim", logging]),
        tests("Publishing", ["EventModel", "ByteTools"]),
        tests("Transport", ["Publishing", "EventModel", nioCore, nioPosix, nioSSL]),
        tests("LumberjackCodec", ["ByteTools", "CZlib"], exclude: ["Golden"]),
        tests("LumberjackOutput", ["LumberjackCodec", "Transport", "Publishing", "EventModel", nioCore, nioPosix]),
        tests("TCPOutput", ["Transport", "Publishing", "EventModel", nioCore, nioPosix]),
        tests(
            "HTTPOutput",
            ["HTTPTransport", "Transport", "Publishing", "EventModel", nioCore, nioPosix, nioSSL, nioHTTP1, logging]),
        tests(
            "ElasticsearchOutput",
            ["HTTPTransport", "Transport", "Publishing", "EventModel", "ByteTools", nioCore, nioHTTP1, logging]),
        tests(
            "KafkaOutput",
            ["Transport", "Publishing", "EventModel", "SystemTools", "ByteTools", "CKafka", "CRdkafka", logging]),
        tests("ElasticSetup", ["HTTPTransport", "EventModel", "ByteTools"]),
        tests("EventFields", ["EventModel", "ByteTools"]),
        tests("RecordTools", ["HTTPTransport", "EventFields", "EventModel", "ByteTools"]),
        tests(
            "OTLPOutput",
            [
                "RecordTools", "HTTPTransport", "EventFields", "Publishing", "EventModel", "ByteTools", "Parsing",
                "Collector", "LogStore", "CShim", nioCore, nioPosix, logging,
            ]),
        tests(
            "LokiOutput",
            [
                "RecordTools", "HTTPTransport", "EventFields", "Publishing", "EventModel", "ByteTools", "Parsing",
                "CShim", nioCore, nioPosix, logging,
            ],
            exclude: ["push.proto"]),
        tests("LogStore", ["EventFields", "ByteTools", "CShim", grdb, logging]),
        tests("LogQuery", ["LogStore", "EventFields", "EventModel", logging]),
        tests(
            "Collector",
            [
                "LogQuery", "LogStore", "EventFields", "LumberjackCodec", "LumberjackOutput", "Publishing", "Transport",
                "AgentConfig", "EventModel", "ByteTools", "CShim", "CZlib", asyncHTTPClient, hummingbirdRouter,
                serviceLifecycle,
                httpTypes, nioCore, nioPosix, nioHTTP1, nioSSL, logging,
            ],
            exclude: ["Receiving/logs.proto"]
        ),
        tests("FileOutput", ["Publishing", "EventModel", "CShim", logging]),
        tests(
            "AgentConfig",
            [
                "LumberjackOutput", "TCPOutput", "HTTPOutput", "KafkaOutput", "HTTPTransport", "FileOutput",
                "Transport", "Publishing", "Parsing", "FileInput", "FileRegistry", "EventModel", "ElasticsearchOutput",
                "OTLPOutput", "LokiOutput",
            ]
        ),
        tests(
            "Agent",
            [
                "needletail", "ElasticSetup", "HTTPTransport", "AgentConfig", "LumberjackCodec", "FileRegistry",
                "FileInput", "Publishing", "EventModel",
                "CShim", "CZlib",
                argumentParser,
                logging,
            ]
        ),
    ] + (isFuzzing ? fuzzers : []),
    swiftLanguageModes: [.v6]
)

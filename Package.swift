// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // That no two accesses overlap is checked in debug builds, so by every test; in a release build the checks would cost about as
    // much as the work for each sample of telemetry.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// For commands and checks whose time is spent elsewhere: without optimisation they compile three times as fast.
let wiringSettings = swiftSettings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// Exports one symbol and binds everything else inside the library, so that an engine neither
/// lends its symbols to the host nor takes the host's.
let engineLinkerSettings: [LinkerSetting] = [
    .unsafeFlags([
        "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/EngineABI/engine.map",
        "-Xlinker", "-Bsymbolic",
    ])
]

/// Swift's libraries become part of the program: as shared ones they cost each start 10 ms of looking up symbols, a third of a
/// short command. Who wants engines, which bring the shared ones, cannot have that.
let staticLinkerSettings: [LinkerSetting] = [
    .unsafeFlags([
        "-use-ld=lld", "-static-stdlib", "-Xlinker", "--no-export-dynamic", "-lFoundation", "-lCoreFoundation",
        "-lFoundationInternationalization", "-lFoundationEssentials", "-l_FoundationCShims", "-l_FoundationCollections", "-l_FoundationICU",
    ])
]

let package = Package(
    name: "lynx-runner",
    products: [
        .executable(name: "runner-host", targets: ["runner-host"]),
        .executable(name: "lynxctl", targets: ["lynxctl"]),
        .library(name: "BasiliskEngine", type: .dynamic, targets: ["BasiliskEngine"]),
        .library(name: "PythonEngine", type: .dynamic, targets: ["PythonEngine"]),
        .library(name: "PX4SITLEngine", type: .dynamic, targets: ["PX4SITLEngine"]),
        .library(name: "CommandEngine", type: .dynamic, targets: ["CommandEngine"]),
        .library(name: "EngineABI", targets: ["EngineABI"]),
        .library(name: "EngineKit", targets: ["EngineKit"]),
        .library(name: "LynxWarm", type: .dynamic, targets: ["LynxWarm"]),
        .executable(name: "lynx-spawner", targets: ["lynx-spawner"]),
        .executable(name: "lynx-sandbox", targets: ["lynx-sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C: what Debian brings, and the little that Swift cannot say itself.
        .systemLibrary(name: "CNGHTTP2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "EngineABI"),
        .target(name: "CLinux"),
        .target(name: "CPostgres"),
        .target(name: "CChannel"),
        .target(name: "CGuardian"),
        .target(name: "CDigest", linkerSettings: [.linkedLibrary("crypto")]),
        // What a warm Python parent loads: linked without the Swift runtime, which would handle signals there.
        .target(
            name: "LynxWarm", dependencies: ["CGuardian"],
            linkerSettings: [.unsafeFlags(["-nostartfiles", "-static-stdlib"])]),
        // What forks in the host's place: small, so without the Swift runtime.
        .executableTarget(
            name: "lynx-spawner", dependencies: ["CGuardian"],
            linkerSettings: [
                .unsafeFlags([
                    "-nostartfiles", "-static-stdlib", "-Xclang-linker", "-static",
                    "-Xclang-linker", "-Wno-unused-command-line-argument",
                ])
            ]),
        .executableTarget(
            name: "lynx-sandbox",
            linkerSettings: [
                .unsafeFlags([
                    "-nostartfiles", "-static-stdlib", "-Xclang-linker", "-static",
                    "-Xclang-linker", "-Wno-unused-command-line-argument",
                ])
            ]),
        .target(name: "CStudyTemplates"),
        .target(name: "CTelemetryProto", dependencies: ["CProtobufC"]),

        // Foundations: no knowledge of runners or servers.
        .target(name: "Support", dependencies: ["CDigest"], swiftSettings: swiftSettings),
        .target(name: "EventLoop", dependencies: ["CLinux", "Support"], swiftSettings: swiftSettings),
        .target(name: "PlainText", swiftSettings: swiftSettings),
        .target(name: "ArrowIPC", swiftSettings: swiftSettings),
        .target(name: "Parquet", dependencies: ["CZlib", "CZstd"], swiftSettings: swiftSettings),
        .target(name: "LynxDocument", dependencies: ["CYAML", "Parquet", "Support"], swiftSettings: swiftSettings),
        .target(name: "LynxTelemetry", dependencies: ["CZlib", "LynxDocument"], swiftSettings: swiftSettings),
        .target(
            name: "LynxModel", dependencies: ["LynxDocument", "LynxTelemetry", "Support", "TemporalLogic"], swiftSettings: swiftSettings),
        .target(name: "MAVLink", swiftSettings: swiftSettings),
        .target(name: "Sampling", dependencies: ["LynxDocument", "LynxModel"], swiftSettings: swiftSettings),
        .target(name: "Statistics", swiftSettings: swiftSettings),
        .target(name: "TemporalLogic", swiftSettings: swiftSettings),
        .target(
            name: "TelemetryServer",
            dependencies: ["CLinux", "CNGHTTP2", "CProtobufC", "CTelemetryProto", "CZlib", "EventLoop", "Support"],
            swiftSettings: swiftSettings),

        .target(
            name: "ObjectStore",
            dependencies: [
                "Support",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),

        // Engines: they share only the C header with the host, which has a copy of EngineKit's code for processes.
        .target(
            name: "EngineKit",
            dependencies: ["CGuardian", "CLinux", "EngineABI", "EventLoop", "PlainText", "Support"],
            swiftSettings: swiftSettings),
        // Python as C arrays: as array literals of Swift it would take the compiler longer than all of the engine.
        .target(name: "CWarmScripts", path: "Plugins/BasiliskEngine/Warm/lynx_warm", sources: ["scripts.c"]),
        // The library is the entry alone, so that tests can link the rest without its way of linking.
        .target(
            name: "Basilisk",
            dependencies: ["CLinux", "CWarmScripts", "EngineKit", "EventLoop", "Support", "TelemetryServer"],
            path: "Plugins/BasiliskEngine", exclude: ["EngineEntry.swift", "Warm/lynx_warm"], swiftSettings: swiftSettings),
        .target(
            name: "BasiliskEngine", dependencies: ["Basilisk", "EngineABI", "EngineKit"], path: "Plugins/BasiliskEngine",
            exclude: ["BasiliskEngine.swift", "PythonEngine.swift", "ScriptJob.swift", "ScriptSettings.swift", "Warm"], sources: ["EngineEntry.swift"], swiftSettings: swiftSettings,
            linkerSettings: engineLinkerSettings),
        .target(
            name: "PythonEngine", dependencies: ["Basilisk", "EngineABI", "EngineKit"], path: "Plugins/PythonEngine", swiftSettings: swiftSettings,
            linkerSettings: engineLinkerSettings),
        .target(
            name: "PX4SITL", dependencies: ["CLinux", "EngineABI", "EngineKit", "EventLoop", "LynxDocument", "LynxModel", "MAVLink", "Support"],
            path: "Plugins/PX4SITLEngine",
            exclude: ["EngineEntry.swift"], swiftSettings: swiftSettings),
        .target(
            name: "PX4SITLEngine", dependencies: ["EngineABI", "EngineKit", "PX4SITL"], path: "Plugins/PX4SITLEngine",
            exclude: ["PX4SITLEngine.swift", "Configuration", "Flight", "Instances", "Job", "Telemetry"],
            sources: ["EngineEntry.swift"], swiftSettings: swiftSettings, linkerSettings: engineLinkerSettings),

        // What a study's options of the engine say; the command line reads them, too, before code is sent.
        .target(
            name: "CommandDocument", dependencies: ["LynxDocument", "LynxModel", "Support"], path: "Plugins/CommandEngine/Options",
            swiftSettings: swiftSettings),
        .target(
            name: "Command", dependencies: ["CLinux", "CommandDocument", "EngineABI", "EngineKit", "EventLoop", "LynxDocument", "LynxModel", "Support"],
            path: "Plugins/CommandEngine", exclude: ["EngineEntry.swift", "Options"], swiftSettings: swiftSettings),
        .target(
            name: "CommandEngine", dependencies: ["Command", "EngineABI", "EngineKit"], path: "Plugins/CommandEngine",
            exclude: ["CommandDeclaration.swift", "CommandEngine.swift", "CommandSettings.swift", "Surroundings.swift", "Files", "Job", "Options", "Output", "Ports"],
            sources: ["EngineEntry.swift"], swiftSettings: swiftSettings, linkerSettings: engineLinkerSettings),

        // The two sides of the wire.
        .target(
            name: "ControlPlane",
            dependencies: [
                "ArrowIPC", "CPostgres", "CZlib", "EventLoop", "LynxDocument", "LynxModel", "LynxTelemetry", "ObjectStore", "Sampling", "Statistics",
                "Support", "TemporalLogic",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "RunnerHost",
            dependencies: [
                "CChannel", "CGuardian", "CLinux", "EngineABI", "EngineKit", "EventLoop", "LynxDocument", "LynxModel", "LynxTelemetry", "ObjectStore",
                "Support", "TelemetryServer", "TemporalLogic",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: swiftSettings),
        // What `runner-host check-engine` does.
        .target(
            name: "EngineCheck",
            dependencies: ["CChannel", "CGuardian", "CLinux", "EngineABI", "LynxModel", "RunnerHost", "Support"], swiftSettings: wiringSettings),
        // What the client's commands do; without a control plane, so that it need not wait for that to be compiled.
        .target(
            name: "LynxCLI",
            dependencies: [
                "CommandDocument", "LynxDocument", "LynxModel", "LynxTelemetry", "PlainText", "Sampling", "Statistics", "Support",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),
        // The commands that need no more than a control plane's address.
        .target(
            name: "LynxCommands",
            dependencies: [
                "CStudyTemplates", "LynxCLI", "LynxDocument", "LynxModel", "LynxTelemetry", "PlainText", "Sampling", "Statistics", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: wiringSettings),
        // The commands that hold a control plane or a ledger, and the command line as a whole.
        .target(
            name: "LynxLocal",
            dependencies: [
                "ControlPlane", "LynxCLI", "LynxCommands", "LynxModel", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: wiringSettings),

        // Executables: wiring only.
        .executableTarget(
            name: "runner-host",
            dependencies: [
                "EngineCheck", "LynxDocument", "LynxModel", "RunnerHost", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: wiringSettings),
        .executableTarget(
            name: "lynxctl", dependencies: ["LynxLocal"], swiftSettings: wiringSettings, linkerSettings: staticLinkerSettings),

        // Measured against peers by `make bench`.
        .executableTarget(
            name: "lynx-load",
            dependencies: [
                "LynxModel", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Benchmarks/LoadGenerator", swiftSettings: swiftSettings),
        .executableTarget(
            name: "lynx-sample",
            dependencies: ["LynxModel", "Sampling", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Benchmarks/SampleDraw", swiftSettings: swiftSettings),
        .executableTarget(
            name: "lynx-verdicts",
            dependencies: ["LynxModel", "Statistics", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Benchmarks/Verdicts", swiftSettings: swiftSettings),

        // Tests, one target for each above, and whole studies.
        .target(
            name: "TestSupport", dependencies: ["CLinux", "CPostgres", "LynxDocument"], path: "Tests/TestSupport",
            exclude: ["PX4", "lossy_proxy.py", "moto_server.py"], swiftSettings: swiftSettings),
        .testTarget(
            name: "ArrowIPCTests", dependencies: ["ArrowIPC", "TestSupport"], exclude: ["Support"], swiftSettings: swiftSettings),
        .testTarget(name: "EngineABITests", dependencies: ["EngineABI", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "EngineCheckTests", dependencies: ["EngineCheck", "TestSupport", "runner-host"], swiftSettings: swiftSettings),
        .testTarget(
            name: "EngineKitTests",
            dependencies: ["CGuardian", "CLinux", "EngineABI", "EngineKit", "Support", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(name: "BasiliskTests", dependencies: ["Basilisk", "EngineKit", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "PX4SITLTests",
            dependencies: ["CLinux", "EngineABI", "EngineKit", "EventLoop", "LynxModel", "MAVLink", "PX4SITL", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "CommandTests", dependencies: ["Command", "CommandDocument", "EngineKit", "EventLoop", "LynxDocument", "LynxModel", "Support", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(name: "SupportTests", dependencies: ["Support", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(name: "EventLoopTests", dependencies: ["CLinux", "EventLoop", "Support", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(name: "PlainTextTests", dependencies: ["PlainText"], swiftSettings: swiftSettings),
        .testTarget(
            name: "ParquetTests", dependencies: ["Parquet", "TestSupport"], exclude: ["Support"], swiftSettings: swiftSettings),
        .testTarget(name: "LynxDocumentTests", dependencies: ["LynxDocument", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(name: "LynxTelemetryTests", dependencies: ["LynxTelemetry", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(name: "LynxModelTests", dependencies: ["LynxDocument", "LynxModel", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "MAVLinkTests", dependencies: ["MAVLink", "TestSupport"], exclude: ["Python"], swiftSettings: swiftSettings),
        .testTarget(
            name: "ObjectStoreTests",
            dependencies: [
                "ObjectStore", "Support", "TestSupport", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SamplingTests", dependencies: ["LynxDocument", "LynxModel", "Sampling", "TestSupport"], exclude: ["Support/scipy_reference.py"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "StatisticsTests", dependencies: ["Statistics", "TestSupport"],
            exclude: ["Support/sensitivity_reference.py", "Support/statistics_reference.py"], swiftSettings: swiftSettings),
        .testTarget(
            name: "TemporalLogicTests", dependencies: ["TemporalLogic", "TestSupport"], exclude: ["Fixtures", "Python"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TelemetryServerTests",
            dependencies: ["CNGHTTP2", "CTelemetryProto", "CZlib", "EventLoop", "TelemetryServer", "TestSupport"],
            exclude: ["Python"], swiftSettings: swiftSettings),
        .testTarget(
            name: "ControlPlaneTests",
            dependencies: [
                "ControlPlane", "LynxDocument", "LynxModel", "LynxTelemetry", "ObjectStore", "Sampling", "Support", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "RunnerHostTests",
            dependencies: [
                "CLinux", "ControlPlane", "EngineABI", "EventLoop", "LynxDocument", "LynxModel", "LynxTelemetry", "RunnerHost", "Support",
                "TelemetryServer", "TestSupport",
                "runner-host",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(name: "StudyTests", dependencies: ["LynxModel", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "lynxctlTests",
            dependencies: [
                "LynxCLI", "LynxCommands", "LynxLocal", "LynxModel", "Sampling", "TestSupport", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            exclude: ["Fixtures"], swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6]
)

// A first user waits for the programs alone.
if Context.environment["LYNX_PROGRAMS_ONLY"] != nil {
    package.targets.removeAll { $0.type == .test || ["lynx-load", "lynx-sample", "lynx-verdicts", "TestSupport"].contains($0.name) }
}

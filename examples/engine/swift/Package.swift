// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "LabEngine",
    products: [.library(name: "Lab", type: .dynamic, targets: ["LabEngine"])],
    dependencies: [
        // A checkout of the runner's sources. In place of the path there may be a URL and a branch of them.
        .package(name: "lynx-runner", path: "@LYNX_CHECKOUT@")
    ],
    targets: [
        .target(
            name: "LabEngine",
            dependencies: [.product(name: "EngineKit", package: "lynx-runner"), .product(name: "EngineABI", package: "lynx-runner")],
            linkerSettings: [
                // Exports one symbol and binds everything else inside the library.
                .unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/engine.map", "-Xlinker", "-Bsymbolic"])
            ])
    ],
    swiftLanguageModes: [.v6]
)

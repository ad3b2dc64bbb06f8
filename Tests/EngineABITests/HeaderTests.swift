import EngineABI
import Foundation
import Testing
import TestSupport

@Suite("The engine header stands alone")
struct HeaderTests {
    @Test(
        "It compiles alone, twice, with every warning an error",
        arguments: [["cc", "-std=c11", "-x", "c"], ["c++", "-std=c++17", "-x", "c++"]])
    func compiles(compiler: [String]) async throws {
        let directory = try TemporaryDirectory()
        let names = ["configuration", "abi", "extensions", "abi", "configuration"]
        let source = try directory.write("unit.c", names.map { "#include \"engine_\($0).h\"\n" }.joined())
        let result = try await Command.run(
            compiler[0],
            compiler.dropFirst() + [
                "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", Repository.path("Sources/EngineABI"), "-c", source, "-o", "/dev/null",
            ])
        #expect(result.exitCode == 0, "\(result.errors)")
    }

    @Test("Each header is enough by itself, and engine_abi.h brings the extensions", arguments: [
        ("engine_abi.h", "lynx_soft_stop"), ("engine_extensions.h", "lynx_engine"), ("engine_configuration.h", "lynx_process_control"),
    ])
    func isEnough(header: String, other: String) async throws {
        let directory = try TemporaryDirectory()
        let source = try directory.write("unit.c", "#include \"\(header)\"\n\(other) one;\n")
        let result = try await Command.run(
            "cc", ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", Repository.path("Sources/EngineABI"), "-c", source, "-o", "/dev/null"])
        #expect(result.exitCode == 0, "\(result.errors)")
    }

    @Test("They ask for nothing but the standard's own headers and each other", arguments: [
        ("engine_abi.h", ["<stddef.h>", "<stdint.h>", "\"engine_extensions.h\""]), ("engine_extensions.h", ["\"engine_abi.h\""]),
        ("engine_configuration.h", ["\"engine_abi.h\""]),
    ])
    func includesOnlyStandardHeaders(header: String, included: [String]) throws {
        let text = try String(contentsOfFile: Repository.path("Sources/EngineABI/\(header)"), encoding: .utf8)
        #expect(text.matches(of: /#include (\S+)/).map { String($0.1) } == included)
    }

    @Test("Every table and struct that crosses the border begins with its size")
    func sizesComeFirst() {
        #expect(MemoryLayout<lynx_host>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_engine>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_job>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_error>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_exit>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_process>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_artifact>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_collector>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_engine_config>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_warm_worker>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_warm_workers>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_scenarios>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_config_key>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_configuration>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_result_basis>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_program>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_process_control>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_warm_left_out>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_soft_stop>.offset(of: \.struct_size) == 0)
        #expect(MemoryLayout<lynx_confinement>.offset(of: \.struct_size) == 0)
    }
}

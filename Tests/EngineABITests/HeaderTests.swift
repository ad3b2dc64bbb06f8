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
        let source = try directory.write("unit.c", "#include \"engine_configuration.h\"\n#include \"engine_abi.h\"\n#include \"engine_configuration.h\"\n")
        let result = try await Command.run(
            compiler[0],
            compiler.dropFirst() + [
                "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", Repository.path("Sources/EngineABI"), "-c", source, "-o", "/dev/null",
            ])
        #expect(result.exitCode == 0, "\(result.errors)")
    }

    @Test("It asks for nothing but the standard's own headers")
    func includesOnlyStandardHeaders() throws {
        let text = try String(contentsOfFile: Repository.path("Sources/EngineABI/engine_abi.h"), encoding: .utf8)
        let includes = text.split(separator: "\n").filter { $0.hasPrefix("#include") }
        #expect(includes == ["#include <stddef.h>", "#include <stdint.h>"])
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
    }
}

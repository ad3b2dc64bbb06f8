import LynxDocument
import LynxModel
import Testing

@Suite("Quantities")
struct ResourceQuantityTests {
    @Test("CPU cores are read as Kubernetes writes them", arguments: [
        ("2", 2.0), ("0.5", 0.5), ("500m", 0.5), (".25", 0.25), ("0", 0), ("", nil), ("m", nil), ("-1", nil), ("two", nil),
        ("2 ", nil), ("1e3", nil), ("2Gi", nil), ("1.2.3", nil), ("٣", nil),
    ])
    func cores(text: String, cores: Double?) { #expect(ResourceQuantity.cores(text) == cores) }

    @Test("Memory is read in thousands, in 1024s, and with a B", arguments: [
        ("4Gi", 4.294967296), ("8GB", 8), ("512M", 0.512), ("2000000000", 2), ("1KiB", 1.024e-6), ("1.5G", 1.5), ("4gb", nil),
        ("Gi", nil), ("", nil), ("4 Gi", nil), ("-4Gi", nil), ("4GiBB", nil), ("٣G", nil),
    ])
    func memory(text: String, gigabytes: Double?) { #expect(ResourceQuantity.gigabytes(text) == gigabytes) }

    @Test("A request that is no quantity is one clear line") func reader() {
        let text = """
            name: n
            config:
              simulation: {name: s}
              monte_carlo: {runs: 1}
              compute:
                gpu: true
                container: {cpu_request: many, memory_request: 4Q}
            """
        let error = #expect(throws: DiagnosticList.self) { try BatchSubmission.read(yaml: text, name: "b.yaml") }
        #expect(
            error?.diagnostics.map(\.message) == [
                "'many' is no quantity of CPU cores; give such as 2, 0.5 or 500m",
                "'4Q' is no quantity of memory; give such as 4Gi, 8GB or 512M",
            ])
    }
}

import TestSupport
import Testing

@testable import LynxCLI

@Suite("A file of requirements")
struct RequirementsFileTests {
    private func problems(_ text: String, files: Set<String> = []) throws -> [String] {
        let directory = try TemporaryDirectory()
        return RequirementsFile(path: try directory.write("requirements.txt", text), shown: "deps/requirements.txt").problems { files.contains($0) }
    }

    @Test("What pip takes passes", arguments: [
        "", "# nothing\n\n", "numpy", "numpy==2.1", "numpy >=1.26, <3  # why", "zope.interface[test,docs]~=5.0", "a (>=1)", "a===1.0+local",
        "pkg @ https://example.org/pkg.whl", "requests; python_version < '3.9' and sys_platform == 'linux'", "./local/package", "wheels/own-1.0-py3-none-any.whl",
        "own-1.0-py3-none-any.whl", "git+https://example.org/repo.git@main#egg=x", "--index-url https://example.org/simple", "-e .", "--pre", "${PACKAGE}==1",
        "attrs==23.1.0 \\\n    --hash=sha256:0123 \\\n    --hash=sha256:4567\nidna==3.4", "-r base.txt", "-rbase.txt", "--requirement=base.txt", "-c ../pins.txt",
    ])
    func sound(text: String) throws {
        #expect(try problems(text, files: ["deps/base.txt"]) == [])
    }

    @Test("What it does not is told with line and column", arguments: [
        ("numpy=2.1", "1:6: '=2.1' is no version; write numpy==2.1"),
        ("a\n  numpy 2.1", "2:9: '2.1' is not understood; write one requirement on each line, such as numpy==1.0"),
        ("numpy>=", "1:8: >= has no version; write numpy>=1.0"),
        ("numpy==1,", nil),
        ("numpy[test", "1:6: the extras of numpy are not closed; write numpy[extra]"),
        ("==2", "1:1: '==2' is no requirement; begin with a package's name, such as numpy==2.1"),
        ("--indx-url x", "1:1: '--indx-url' is no option of a requirements file; did you mean --index-url?"),
        ("\n-r bse.txt", "2:1: the bundle has no file 'deps/bse.txt'; give the path of one relative to this file"),
        ("import numpy", "1:8: 'numpy' is not understood; write one requirement on each line, such as import==1.0"),
    ])
    func wrong(text: String, problem: String?) throws {
        #expect(try problems(text) == (problem.map { ["deps/requirements.txt:\($0)"] } ?? []))
    }

    @Test("Many problems are cut") func many() throws {
        #expect(try problems(String(repeating: "a=1\n", count: 50)).count == 10)
    }
}

@Suite("The syntax of a build command")
struct ShellSyntaxTests {
    @Test("What a shell can parse passes; nothing runs") func sound() throws {
        let directory = try TemporaryDirectory()
        for command in ["make -j2", "cd a && ./b > c", "for x in 1 2; do echo $x; done", "touch \(directory.path)/ran", "false"] {
            #expect(ShellSyntax.problem(with: command) == nil)
        }
        #expect(try directory.names().isEmpty)
    }

    @Test("What it cannot is told", arguments: ["make 'x", "( make", "make )", "if true; then make"]) func wrong(command: String) {
        #expect(ShellSyntax.problem(with: command)?.contains("Syntax error: ") == true)
    }
}

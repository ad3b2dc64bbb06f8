import LynxCLI

@main
enum Main {
    static func main() async { await Lynxctl.launch() }
}

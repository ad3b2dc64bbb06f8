import LynxLocal

@main
enum Main {
    static func main() async { await Lynxctl.launch() }
}

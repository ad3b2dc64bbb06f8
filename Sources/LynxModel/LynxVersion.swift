/// The version of this software, as `--version` and `GET /metrics` tell it.
public enum LynxVersion {
    public static let current = "0.1.0"
}

/// Media types of what simulations write, by file name extension.
public enum MediaType {
    private static let byExtension: [Substring: String] = [
        "bin": "application/octet-stream", "bz2": "application/x-bzip2", "csv": "text/csv", "gif": "image/gif", "gz": "application/gzip",
        "h5": "application/x-hdf5", "hdf5": "application/x-hdf5", "htm": "text/html", "html": "text/html", "jpeg": "image/jpeg",
        "jpg": "image/jpeg", "json": "application/json", "jsonl": "application/jsonl", "log": "text/plain", "md": "text/markdown",
        "mp4": "video/mp4", "npy": "application/octet-stream", "npz": "application/zip", "parquet": "application/vnd.apache.parquet",
        "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml", "tar": "application/x-tar", "toml": "application/toml",
        "txt": "text/plain", "ulg": "application/octet-stream", "xml": "application/xml", "xz": "application/x-xz",
        "yaml": "application/yaml", "yml": "application/yaml", "zip": "application/zip", "zst": "application/zstd",
    ]

    /// `application/octet-stream` when unknown.
    public static func of(_ path: String) -> String {
        // By scalars: a dot before a combining mark is one Character with it.
        guard let name = path.unicodeScalars.split(separator: "/").last, let dot = name.lastIndex(of: ".") else {
            return "application/octet-stream"
        }
        let suffix = String(name[name.index(after: dot)...]).lowercased()
        return byExtension[suffix[...]] ?? "application/octet-stream"
    }
}

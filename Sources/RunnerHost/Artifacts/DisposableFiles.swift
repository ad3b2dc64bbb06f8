import Glibc
import LynxModel
import Support

/// The directory of an attempt whose files have been uploaded.
struct DisposableFiles: Sendable {
    /// Absolute.
    let directory: String
    let uploaded: [AttemptFiles.Local]

    /// Removes it but for what a simulation wrote and nobody has a copy of: files that could not be read, whose names are no
    /// text, that were left out as there was too much, and links.
    ///
    /// - Returns: whether the whole directory is gone.
    /// - Throws: `FileError`.
    func remove() throws(FileError) -> Bool {
        let copied = Set(uploaded.map { Array("\($0.directory)/\($0.file.path)".utf8) })
        let top = Array("\(directory)/".utf8)
        return try DirectoryRemoval.remove(directory) { path, kind in
            // The rest is the runner's and the engine's own.
            guard path.starts(with: Self.output) else { return false }
            // What has no content is no loss: sockets, pipes, devices.
            return kind == S_IFLNK || kind == S_IFREG && !copied.contains(top + path)
        }
    }

    /// How names begin of directories in which simulations write: `output`, and what an engine has put aside beside it.
    private static let output = Array("output".utf8)
}

import Glibc

/// Where Redis listens: in its folder, or, when that path is too long for a socket address, at a short one that stands for the folder.
enum SocketPath {
    /// `sun_path` has 108 bytes with the closing zero (unix(7)); a few stay free.
    static let limit = 100

    static func choose(for folder: DataFolder) throws(EmbeddedRedisError) -> String {
        let path = folder.path + "/redis.sock"
        if path.utf8.count <= limit, path.utf8.allSatisfy(isPlain) { return path }
        return try privateFolder() + "/" + name(of: folder.path) + ".sock"
    }

    /// Only bytes that need no escape in a URL; anything else takes the short path too.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// A folder of this user alone: in a folder that everybody writes to, another user could put a socket of their own at a name
    /// that can be guessed.
    private static func privateFolder() throws(EmbeddedRedisError) -> String {
        let path = "/tmp/stepstream-\(getuid())"
        mkdir(path, 0o700)
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(), status.st_mode & 0o077 == 0 else {
            throw EmbeddedRedisError(
                .folderUnusable,
                """
                \(path) must be a folder of user \(getuid()) with mode 0700: the embedded Redis puts its socket there when the \
                data folder's path is longer than \(limit) bytes or needs escapes. Remove it, or choose another data folder.
                """
            )
        }
        return path
    }

    /// FNV-1a, 64 bits: stable between runs, which `Hasher` is not.
    private static func name(of path: String) -> String {
        let hash = path.utf8.reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) { $0 = ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

package import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder of confirmations, one `<order>.eml` each; the end of the line for mail in this example.
///
/// Writing is idempotent by key and atomic (a file of another name is written, flushed, then linked to the name it is to have), so
/// a program that is killed half way, or run twice at once, leaves one whole mail or none. A mail withdrawn leaves a note of its
/// key, so that a late writing is refused.
package struct Mailbox: Sendable {
    private let folder: URL
    private let withdrawn: URL

    /// Creates the folder if need be.
    package init(folder: URL) throws {
        self.folder = folder
        withdrawn = folder.appending(path: "withdrawn", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: withdrawn, withIntermediateDirectories: true)
    }

    /// What a step's result says of the mail.
    package struct Written: Codable, Sendable, Hashable {
        package var file: String
        package var messageId: String
    }

    package struct Withdrawn: Codable, Sendable, Hashable {
        /// False when there was no mail of this key.
        package var withdrawn: Bool
    }

    package func file(of orderId: Int) -> URL { folder.appending(path: "\(orderId).eml") }

    /// - Throws: `OrdersFailure` when the order's mail was withdrawn or belongs to another operation; file system errors.
    package func write(_ confirmation: Confirmation, of orderId: Int, key: IdempotencyKey) throws -> Written {
        guard try !isWithdrawn(key) else {
            throw OrdersFailure("The mail of order \(orderId) was withdrawn under \(key.undoing) before this call came.")
        }
        let target = file(of: orderId)
        let draft = folder.appending(path: ".\(orderId).\(getpid()).\(UInt64.random(in: 0 ... .max)).draft")
        try Data(confirmation.text().utf8).write(to: draft)
        defer { unlink(draft.path(percentEncoded: false)) }
        try flush(draft)
        if link(draft.path(percentEncoded: false), target.path(percentEncoded: false)) != 0 {
            let code = errno
            guard code == EEXIST else { throw OrdersFailure("\(target.path(percentEncoded: false)): \(String(cString: strerror(code)))") }
            guard try self.key(in: target) == key.text else {
                throw OrdersFailure(
                    "\(target.path(percentEncoded: false)) confirms the same order for another operation. "
                        + "An order is confirmed once; move the file away to confirm it anew."
                )
            }
        }
        try flush(folder)
        // A withdrawal that came between the look above and the link has left its note by now: it wins.
        if try isWithdrawn(key) {
            _ = try withdraw(orderId, key: key)
            throw OrdersFailure("The mail of order \(orderId) was withdrawn under \(key.undoing) while it was written.")
        }
        return Written(file: target.lastPathComponent, messageId: confirmation.messageID)
    }

    /// Removes the order's mail if the key wrote it; from then on the key writes none.
    package func withdraw(_ orderId: Int, key: IdempotencyKey) throws -> Withdrawn {
        try Data().write(to: note(of: key))
        let target = file(of: orderId)
        guard FileManager.default.fileExists(atPath: target.path(percentEncoded: false)), try self.key(in: target) == key.text else {
            return Withdrawn(withdrawn: false)
        }
        try FileManager.default.removeItem(at: target)
        return Withdrawn(withdrawn: true)
    }

    /// The orders that have a mail.
    package func orders() throws -> [Int] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "eml" }
            .compactMap { Int($0.deletingPathExtension().lastPathComponent) }
            .sorted()
    }

    /// The key whose call wrote the file; nil if the file does not say.
    package func key(in file: URL) throws -> String? {
        let prefix = Confirmation.keyField + ": "
        let header = String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        return header.prefix { !$0.isEmpty }.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    /// - Throws: `OrdersFailure` when the key is too long for a file's name.
    private func note(of key: IdempotencyKey) throws -> URL {
        let plain = CharacterSet(charactersIn: "-_").union(.alphanumerics)
        guard let name = key.text.addingPercentEncoding(withAllowedCharacters: plain), name.utf8.count <= 250 else {
            throw OrdersFailure("The idempotency key is too long for a file's name (250 bytes): \(key)")
        }
        return withdrawn.appending(path: name)
    }

    private func isWithdrawn(_ key: IdempotencyKey) throws -> Bool {
        FileManager.default.fileExists(atPath: try note(of: key).path(percentEncoded: false))
    }

    private func flush(_ place: URL) throws {
        let path = place.path(percentEncoded: false)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OrdersFailure("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw OrdersFailure("\(path): \(String(cString: strerror(errno)))") }
    }
}

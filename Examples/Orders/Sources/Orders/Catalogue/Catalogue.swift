package import Foundation

/// The Northwind files: which orders come in and what there is to sell.
package struct Catalogue: Sendable {
    package var orders: [Order]
    package var products: [Product]

    /// Reads `orders.ndjson` and `products.json` of a folder.
    /// - Throws: `OrdersFailure` naming the file and line that cannot be read.
    package init(folder: URL) throws {
        products = try Self.products(at: folder.appending(path: "products.json"))
        orders = try Self.orders(at: folder.appending(path: "orders.ndjson"))
    }

    /// The folder of the data files: the one given; else `Examples/Orders/Data` seen from the working folder, or from any folder
    /// above the executable (which SwiftPM puts into `.build/<configuration>` of the package).
    /// - Throws: `OrdersFailure` with the places that were tried.
    package static func folder(given: String?, executable: URL) throws -> URL {
        if let given { return URL(filePath: given, directoryHint: .isDirectory) }
        var tried = [URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)]
        var above = executable.resolvingSymlinksInPath().deletingLastPathComponent()
        while above.path(percentEncoded: false) != "/" {
            tried.append(above)
            above.deleteLastPathComponent()
        }
        for place in tried {
            let folder = place.appending(path: "Examples/Orders/Data", directoryHint: .isDirectory)
            if FileManager.default.fileExists(atPath: folder.appending(path: "orders.ndjson").path(percentEncoded: false)) { return folder }
        }
        throw OrdersFailure(
            "Examples/Orders/Data/orders.ndjson was not found from the working folder, nor from any folder above the program. "
                + "Name the folder with --data."
        )
    }

    package static func products(at file: URL) throws -> [Product] {
        do {
            return try JSONDecoder().decode([Product].self, from: Data(contentsOf: file))
        } catch {
            throw OrdersFailure("\(file.path(percentEncoded: false)) cannot be read: \(error)")
        }
    }

    static func orders(at file: URL) throws -> [Order] {
        let decoder = JSONDecoder()
        var number = 0
        do {
            return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map { line in
                number += 1
                return try decoder.decode(Order.self, from: line)
            }
        } catch {
            throw OrdersFailure("\(file.path(percentEncoded: false)), order \(number), cannot be read: \(error)")
        }
    }
}

/// What stops the example, in words for the person at the terminal.
package struct OrdersFailure: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}

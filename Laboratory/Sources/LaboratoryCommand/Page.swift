import ArgumentParser
import Foundation
import Laboratory

/// A page of the documentation that shows what was measured.
struct Page {
    /// Below this line stands what was measured, up to the end of the page.
    private static let mark = "<!-- make chaos -->\n"

    let path: String

    /// Puts the table in the place of the one before.
    func show(_ table: Table) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let range = text.range(of: Self.mark) else { throw ValidationError("\(path) has no line \(Self.mark)") }
        let day = Date.now.formatted(.iso8601.year().month().day())
        let place =
            "\(day), \(ProcessInfo.processInfo.activeProcessorCount) cores, a debug build, everything on one machine; leases of 1 s unless the scenario needs others."
        try (text[..<range.upperBound] + "\(place)\n\n\(table)\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
}

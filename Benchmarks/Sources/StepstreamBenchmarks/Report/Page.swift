import Foundation

/// A Markdown page with a place for the table, between `<!-- bench -->` and `<!-- /bench -->`.
struct Page {
    private let path: String
    private static let (begin, end) = ("<!-- bench -->\n", "<!-- /bench -->")

    init(_ path: String) {
        self.path = path
    }

    func put(_ text: String) throws {
        let page = try String(contentsOfFile: path, encoding: .utf8)
        guard let start = page.firstRange(of: Self.begin)?.upperBound, let end = page[start...].firstRange(of: Self.end)?.lowerBound else {
            throw Wrong("\(path) has no place for the table: \(Self.begin)\(Self.end)")
        }
        try Data((page[..<start] + text + page[end...]).utf8).write(to: URL(filePath: path))
    }
}

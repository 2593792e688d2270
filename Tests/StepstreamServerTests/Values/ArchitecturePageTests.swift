import Foundation
import Testing

@Suite("docs/architecture.md")
struct ArchitecturePageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized

    /// The rows of the way of a submission: number, file, code.
    private func way() throws -> [(number: Int, file: String, code: String)] {
        let page = try String(contentsOf: Self.root.appending(path: "docs/architecture.md"), encoding: .utf8)
        return page.matches(of: /(?m)^\| (\d+) \| `([^`]+)` \| `([^`]+)` \|/).map { (Int($0.1) ?? 0, String($0.2), String($0.3)) }
    }

    @Test("From the route to the script a submission passes at most fifteen files, numbered in order")
    func length() throws {
        let way = try way()
        #expect(way.map(\.number) == Array(1...way.count) && way.count <= 15)
        #expect(way.first?.file.contains("/Routes/") == true && way.last?.file.hasSuffix(".lua") == true)
        #expect(Set(way.map(\.file)).count == way.count)
    }

    @Test("Every file on the way is there and has the code that is named")
    func files() throws {
        for row in try way() {
            let text = try String(contentsOf: Self.root.appending(path: row.file), encoding: .utf8)
            #expect(text.contains(row.code), "\(row.file): \(row.code)")
        }
    }

    @Test("The picture shows the files of the table, in their order")
    func picture() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/architecture.md"), encoding: .utf8)
        let picture = try #require(page.firstMatch(of: /## The way of a submission(?:.|\n)*?```mermaid\n((?:.|\n)*?)```/)?.1)
        let shown = Set(picture.matches(of: /[A-Za-z+]+(?:\.lua)?/).map { String($0.0) })
        for row in try way() {
            let name = row.file.split(separator: "/").last.map(String.init) ?? ""
            #expect(shown.contains(name.replacing(".swift", with: "")), "\(name)")
        }
    }
}

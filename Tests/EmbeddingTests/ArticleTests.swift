import Foundation
import Testing

@Suite("The articles for embedders")
struct ArticleTests {
    private static let here = URL(filePath: #filePath).deletingLastPathComponent()
    private static let catalog = here.appending(path: "../../Sources/Stepstream/Stepstream.docc").standardized

    @Test(
        "All Swift of an article is code that compiles here, in the file of its name",
        arguments: ["WritingHandlers", "DeclaringOperations", "TestingOperations", "Deploying"]
    )
    func compiled(name: String) throws {
        let page = try String(contentsOf: Self.catalog.appending(path: "\(name).md"), encoding: .utf8)
        let source = lines(try String(contentsOf: Self.here.appending(path: "\(name).swift"), encoding: .utf8))
        let blocks = page.matches(of: /```swift\n((?:.|\n)*?)```/).map { lines(String($0.1)) }
        #expect(!blocks.isEmpty)
        for block in blocks { #expect(source.contains(block), "\(block)") }
    }

    @Test("Every article is checked, and the overview leads to it")
    func complete() throws {
        let articles = try FileManager.default.contentsOfDirectory(atPath: Self.catalog.path).filter { $0 != "Stepstream.md" }.sorted()
        #expect(articles == ["DeclaringOperations.md", "Deploying.md", "TestingOperations.md", "WritingHandlers.md"])
        let overview = try String(contentsOf: Self.catalog.appending(path: "Stepstream.md"), encoding: .utf8)
        for article in articles { #expect(overview.contains("<doc:\(article.dropLast(3))>")) }
    }

    /// The lines without their indentation: an article shows the inside of a function without that of the function.
    private func lines(_ text: String) -> String {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n") + "\n"
    }
}

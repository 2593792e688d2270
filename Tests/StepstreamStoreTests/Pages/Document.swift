import Foundation

/// A page under docs/, as its tests read it.
struct Document {
    let lines: [String]

    init(_ name: String) throws {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        lines = try String(contentsOfFile: "/\(root)/docs/\(name)", encoding: .utf8).components(separatedBy: "\n")
    }

    /// The lines under a heading, up to the next of its level.
    func section(_ heading: String) -> [String] {
        guard let start = lines.firstIndex(of: "## " + heading) else { return [] }
        return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("## ") })
    }

    /// The rows of the table under a heading, without its head: the cells of each, without backticks around them.
    func rows(_ heading: String) -> [[String]] {
        section(heading).filter { $0.hasPrefix("|") }.dropFirst(2).map { line in
            line.split(separator: "|").map { $0.trimmingPrefix { $0 == " " || $0 == "`" } }.map { cell in
                var text = String(cell)
                while text.hasSuffix(" ") || text.hasSuffix("`") { text.removeLast() }
                return text
            }
        }
    }

    /// The shell commands of a page: each block with the last heading before it.
    var shellBlocks: [(heading: String, text: String)] {
        var blocks: [(heading: String, text: String)] = []
        var heading = ""
        var block: [String]?
        for line in lines {
            if line.hasPrefix("## ") { heading = String(line.dropFirst(3)) }
            if let open = block {
                if line == "```" {
                    blocks.append((heading, open.joined(separator: "\n")))
                    block = nil
                } else {
                    block = open + [line]
                }
            } else if line == "```sh" {
                block = []
            }
        }
        return blocks
    }
}

import Foundation

@testable import StepstreamStore

/// A script, or a part of several, as it stands in the sources: what its head says, and what it does with its keys and arguments.
struct LuaFile {
    let name: String
    let text: String

    /// Every file there is, by name.
    static func all() throws -> [String: LuaFile] {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let folder = URL(filePath: "/\(root)/Sources/StepstreamStore/Scripts")
        var files: [String: LuaFile] = [:]
        for case let url as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) ?? .init()
        where url.pathExtension == "lua" {
            let name = url.deletingPathExtension().lastPathComponent
            files[name] = LuaFile(name: name, text: try String(contentsOf: url, encoding: .utf8))
        }
        return files
    }

    var lines: [String] { text.components(separatedBy: "\n") }

    var includes: [String] { lines.filter { $0.hasPrefix("--@include ") }.map { String($0.dropFirst("--@include ".count)) } }

    /// The rows at its head: `-- timer: member stream`.
    var head: [String] {
        lines.prefix { $0.hasPrefix("--") || $0.hasPrefix("#") }.filter { $0.contains(/^-- [A-Za-z_]+: [a-z_ -]+$/) }
    }

    /// The functions it defines that take arguments.
    var takers: [String] { statements.compactMap { $0.firstMatch(of: /^local function (take\w*|count)\(/).map { String($0.1) } } }

    /// Its code without comments, lines that are continued as one.
    var statements: [String] {
        var statements: [String] = []
        var begun = ""
        for line in lines {
            let code = line.split(separator: "--", omittingEmptySubsequences: false)[0].trimmingCharacters(in: .whitespaces)
            begun += (begun.isEmpty ? "" : " ") + code
            if begun.isEmpty || begun.hasSuffix(",") || begun.hasSuffix("=") { continue }
            statements.append(begun)
            begun = ""
        }
        return statements
    }

    /// Its `local` statements: each name with its expression.
    var locals: [[(name: String, expression: String)]] {
        statements.compactMap { statement in
            guard let match = statement.wholeMatch(of: /local ([a-z_, ]+) = (.+)/) else { return nil }
            return Array(
                zip(match.1.components(separatedBy: ", "), Self.expressions(match.2).map { $0.trimmingCharacters(in: .whitespaces) })
            )
        }
    }

    /// A list of expressions, split at the commas that stand in no brackets and no text.
    private static func expressions(_ list: Substring) -> [String] {
        var expressions = [""]
        var depth = 0
        var isQuoted = false
        for character in list {
            switch character {
            case "'": isQuoted.toggle()
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            default: break
            }
            if character == ",", depth == 0, !isQuoted {
                expressions.append("")
            } else {
                expressions[expressions.count - 1].append(character)
            }
        }
        return expressions
    }
}

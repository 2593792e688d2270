import Stepstream

/// The graph that `/topology` answers with, as text of several kinds.
struct TopologyDrawing {
    struct Node {
        let id: String
        let kind: String
        let label: String
        let detail: String
        let needsAttention: Bool
    }

    struct Edge {
        let from: String
        let to: String
        let label: String
        let count: Int64?

        /// What is written on the arrow.
        var words: String {
            guard let count else { return label }
            return label == "held" ? "\(count) held" : [label, "\(count) waiting"].filter { !$0.isEmpty }.joined(separator: ", ")
        }
    }

    let nodes: [Node]
    let edges: [Edge]
    let findings: [(kind: String, subject: String, words: String)]

    init(_ json: JSONNode) {
        func text(_ node: JSONNode, key: String) -> String { node.member(key)?.string ?? "" }
        let graph = json.member("graph")
        nodes = (graph?.member("nodes")?.elements ?? []).map { node in
            Node(
                id: text(node, key: "id"),
                kind: text(node, key: "kind"),
                label: text(node, key: "label"),
                detail: text(node, key: "detail"),
                needsAttention: node.member("needsAttention")?.bool ?? false
            )
        }
        edges = (graph?.member("edges")?.elements ?? []).map { edge in
            Edge(
                from: text(edge, key: "from"),
                to: text(edge, key: "to"),
                label: text(edge, key: "label"),
                count: edge.member("count")?.int64
            )
        }
        findings = (json.member("findings")?.elements ?? []).map {
            (text($0, key: "kind"), text($0, key: "subject"), text($0, key: "words"))
        }
    }

    /// The findings, one a line.
    var findingLines: String {
        findings.map { "\($0.kind)  \($0.subject): \($0.words)" }.joined(separator: "\n")
    }

    // MARK: Tree

    /// From each that accepts to each that works, as a tree; then what it does not reach, and the findings.
    var tree: String {
        var lines: [String] = []
        var seen: Set<String> = []
        for node in nodes where node.kind == "publisher" { branch(node, lead: "", arrow: "", lines: &lines, seen: &seen) }
        for node in nodes where !seen.contains(node.id) && node.kind != "publisher" {
            branch(node, lead: "", arrow: "", lines: &lines, seen: &seen)
        }
        if lines.isEmpty { lines.append("No process is registered.") }
        if !findings.isEmpty { lines += ["", "Findings", findingLines] }
        return lines.joined(separator: "\n")
    }

    private func branch(_ node: Node, lead: String, arrow: String, lines: inout [String], seen: inout Set<String>) {
        let mark = node.needsAttention ? "  !" : ""
        // Of a step only the name: its queue stands below it.
        let detail = node.kind == "step" ? "" : "  \(node.detail)"
        lines.append("\(lead)\(node.kind) \(node.label)\(detail)\(arrow.isEmpty ? "" : "  (\(arrow))")\(mark)")
        seen.insert(node.id)
        let indent = lead.replacing("├─ ", with: "│  ").replacing("└─ ", with: "   ")
        let next = edges.filter { $0.from == node.id }
        for (index, edge) in next.enumerated() {
            guard let target = nodes.first(where: { $0.id == edge.to }) else { continue }
            branch(target, lead: indent + (index == next.count - 1 ? "└─ " : "├─ "), arrow: edge.words, lines: &lines, seen: &seen)
        }
    }

    // MARK: Graph languages

    /// A flowchart for Mermaid (https://mermaid.js.org).
    var mermaid: String {
        let numbers = Dictionary(nodes.enumerated().map { ($1.id, "n\($0)") }) { first, _ in first }
        var lines = ["flowchart LR"]
        for node in nodes {
            let words = "\(node.kind)<br/>\(Self.entities(node.label))"
            lines.append("  \(numbers[node.id] ?? "")[\"\(words)\"]\(node.needsAttention ? ":::attention" : "")")
        }
        for edge in edges {
            guard let from = numbers[edge.from], let to = numbers[edge.to] else { continue }
            lines.append("  \(from) -->\(edge.words.isEmpty ? "" : "|\"\(Self.entities(edge.words))\"|") \(to)")
        }
        lines.append("  classDef attention stroke:#c00,stroke-width:3px")
        return lines.joined(separator: "\n")
    }

    /// A graph for Graphviz (https://graphviz.org/doc/info/lang.html).
    var dot: String {
        var lines = ["digraph stepstream {", "  rankdir=LR;", "  node [shape=box];"]
        for node in nodes {
            let color = node.needsAttention ? ", color=red" : ""
            let label = Self.quoted("\(node.kind)\n\(node.label)")
            lines.append("  \(Self.quoted(node.id)) [label=\(label), tooltip=\(Self.quoted(node.detail))\(color)];")
        }
        for edge in edges {
            let label = edge.words.isEmpty ? "" : " [label=\(Self.quoted(edge.words))]"
            lines.append("  \(Self.quoted(edge.from)) -> \(Self.quoted(edge.to))\(label);")
        }
        lines.append("}")
        return lines.joined(separator: "\n")
    }

    private static func entities(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))\""
    }
}

package import Stepstream

extension TopologyPicture {
    /// An arrow's way: out of the right side of a box, into the left side of another.
    package struct Curve {
        package let from: (x: Int, y: Int)
        package let to: (x: Int, y: Int)

        /// Where its words stand: a quarter along, where arrows to one place have not met yet (its point at t = 1/4).
        package var words: (x: Int, y: Int) { (from.x + (to.x - from.x) * 3 / 10, from.y + (to.y - from.y) * 5 / 32 - 4) }

        /// The path, which ends `room` pixels before the box.
        package func path(room: Int = 0) -> String {
            let bend = (to.x - from.x) / 2
            return "M\(from.x) \(from.y)C\(from.x + bend) \(from.y) \(to.x - bend) \(to.y) \(to.x - room) \(to.y)"
        }
    }

    /// The way of `edge`; nil where one of its ends is not drawn.
    package func curve(of edge: TopologyGraph.Edge) -> Curve? {
        guard let from = places[edge.from], let to = places[edge.to] else { return nil }
        return Curve(from: (from.x + Size.box.width, from.y + Size.box.height / 2), to: (to.x, to.y + Size.box.height / 2))
    }

    /// The layers that have nodes, and where their headings stand.
    package var columns: [(kind: TopologyGraph.Kind, place: (x: Int, y: Int))] {
        let kinds = TopologyGraph.Kind.allCases.filter { kind in graph.nodes.contains { $0.kind == kind } }
        return kinds.enumerated().map { column, kind in
            (kind, (Size.margin + column * (Size.box.width + Size.gap.x), Size.margin + 8))
        }
    }

    /// What fits into the box of `node` of its label.
    package static func label(of node: TopologyGraph.Node) -> String {
        node.label.count > Size.label ? node.label.prefix(Size.label - 1) + "…" : node.label
    }
}

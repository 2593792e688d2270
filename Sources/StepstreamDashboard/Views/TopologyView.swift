import Stepstream
import StepstreamAPI

/// A topology as part of a page: the places are those of the picture at `/topology.svg`, the colours those of the page.
struct TopologyView {
    let picture: TopologyPicture

    private typealias Size = TopologyPicture.Size

    var html: HTML {
        let kinds = TopologyGraph.Kind.allCases.filter { kind in picture.graph.nodes.contains { $0.kind == kind } }
        return HTML(.div, .class("scroll graph")) {
            HTML(
                .svg,
                .set(.viewBox, to: "0 0 \(picture.width) \(picture.height)"),
                .set(.width, to: picture.width),
                .set(.height, to: picture.height),
                .set(.role, to: "img"),
                .set(.ariaLabel, to: "Who publishes and who consumes")
            ) {
                for (column, kind) in kinds.enumerated() {
                    text(kind.rawValue, style: "head", x: Size.margin + column * (Size.box.width + Size.gap.x), y: Size.margin + 8)
                }
                for edge in picture.graph.edges { arrow(edge) }
                for node in picture.graph.nodes { box(node) }
            }
        }
    }

    private func box(_ node: TopologyGraph.Node) -> HTML {
        guard let place = picture.places[node.id] else { return HTML() }
        let label = node.label.count > Size.label ? String(node.label.prefix(Size.label - 1)) + "…" : node.label
        return HTML(.g, .class(node.needsAttention ? "node attention" : "node")) {
            HTML(.title) { "\(node.kind.rawValue) \(node.label): \(node.detail)" }
            HTML(
                .rect,
                .set(.x, to: place.x),
                .set(.y, to: place.y),
                .set(.width, to: Size.box.width),
                .set(.height, to: Size.box.height),
                .set(.rx, to: 5)
            )
            text(label, style: "label", x: place.x + Size.box.width / 2, y: place.y + Size.box.height / 2 + 4)
        }
    }

    private func arrow(_ edge: TopologyGraph.Edge) -> HTML {
        guard let from = picture.places[edge.from], let to = picture.places[edge.to] else { return HTML() }
        let (x1, y1) = (from.x + Size.box.width, from.y + Size.box.height / 2)
        let (x2, y2) = (to.x, to.y + Size.box.height / 2)
        let bend = (x2 - x1) / 2
        let words = [edge.label, edge.count.map { Format.count($0) } ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        return HTML(.g, .class((edge.count ?? 0) > 0 ? "edge busy" : "edge")) {
            HTML(.title) { "\(edge.from) → \(edge.to) \(words)" }
            HTML(.path, .set(.d, to: "M\(x1) \(y1)C\(x1 + bend) \(y1) \(x2 - bend) \(y2) \(x2 - 6) \(y2)"))
            HTML(.path, .class("tip"), .set(.d, to: "M\(x2 - 7) \(y2 - 4)L\(x2) \(y2)L\(x2 - 7) \(y2 + 4)Z"))
            // A quarter along the curve, as in the picture: there arrows to one place have not met yet.
            if !words.isEmpty { text(words, style: "label", x: x1 + (x2 - x1) * 3 / 10, y: y1 + (y2 - y1) * 5 / 32 - 4) }
        }
    }

    private func text(_ words: String, style: String, x: Int, y: Int) -> HTML {
        HTML(.text, .class(style), .set(.x, to: x), .set(.y, to: y)) { words }
    }
}

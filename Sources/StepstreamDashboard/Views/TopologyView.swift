import Stepstream
import StepstreamAPI

/// A topology as part of a page: the places are those of the picture at `/topology.svg`, the colours those of the page.
struct TopologyView {
    let picture: TopologyPicture

    private typealias Size = TopologyPicture.Size

    var html: HTML {
        HTML(.div, .class("scroll graph")) {
            HTML(
                .svg,
                .set(.viewBox, to: "0 0 \(picture.width) \(picture.height)"),
                .set(.width, to: picture.width),
                .set(.height, to: picture.height),
                .set(.role, to: "img"),
                .set(.ariaLabel, to: "Who publishes and who consumes")
            ) {
                for (kind, place) in picture.columns { text(kind.rawValue, style: "head", at: place) }
                for edge in picture.graph.edges { arrow(edge) }
                for node in picture.graph.nodes { box(node) }
            }
        }
    }

    private func box(_ node: TopologyGraph.Node) -> HTML {
        guard let place = picture.places[node.id] else { return HTML() }
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
            text(
                TopologyPicture.label(of: node),
                style: "label",
                at: (place.x + Size.box.width / 2, place.y + Size.box.height / 2 + 4)
            )
        }
    }

    private func arrow(_ edge: TopologyGraph.Edge) -> HTML {
        guard let curve = picture.curve(of: edge) else { return HTML() }
        let end = curve.to
        let words = [edge.label, edge.count.map { Format.count($0) } ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        return HTML(.g, .class((edge.count ?? 0) > 0 ? "edge busy" : "edge")) {
            HTML(.title) { "\(edge.from) → \(edge.to) \(words)" }
            HTML(.path, .set(.d, to: curve.path(room: 6)))
            HTML(.path, .class("tip"), .set(.d, to: "M\(end.x - 7) \(end.y - 4)L\(end.x) \(end.y)L\(end.x - 7) \(end.y + 4)Z"))
            if !words.isEmpty { text(words, style: "label", at: curve.words) }
        }
    }

    private func text(_ words: String, style: String, at place: (x: Int, y: Int)) -> HTML {
        HTML(.text, .class(style), .set(.x, to: place.x), .set(.y, to: place.y)) { words }
    }
}

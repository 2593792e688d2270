package import Stepstream

/// A topology drawn as SVG 1.1: its layers from left to right, with what waits and what is held on the arrows.
///
/// Colours are CSS custom properties (`--topology-…`), so that a page that shows it can set its own; without, they follow the viewer's
/// preference for light or dark.
package struct TopologyPicture {
    package let graph: TopologyGraph
    /// The upper left corner of each box.
    package let places: [String: (x: Int, y: Int)]
    package let width: Int
    package let height: Int

    /// Sizes, in pixels.
    package enum Size {
        package static let box = (width: 150, height: 34)
        package static let gap = (x: 90, y: 14)
        package static let margin = 16
        package static let header = 24
        /// The most characters of a label.
        package static let label = 20
    }

    package init(_ graph: TopologyGraph) {
        self.graph = graph
        let layers = Self.layers(of: graph)
        var places: [String: (x: Int, y: Int)] = [:]
        let tallest = layers.map(\.count).max() ?? 0
        for (column, layer) in layers.enumerated() {
            let top = (tallest - layer.count) * (Size.box.height + Size.gap.y) / 2
            for (row, id) in layer.enumerated() {
                let y = Size.margin + Size.header + top + row * (Size.box.height + Size.gap.y)
                places[id] = (Size.margin + column * (Size.box.width + Size.gap.x), y)
            }
        }
        self.places = places
        width = 2 * Size.margin + max(1, layers.count) * (Size.box.width + Size.gap.x) - Size.gap.x
        height = 2 * Size.margin + Size.header + max(1, tallest) * (Size.box.height + Size.gap.y)
    }

    /// The nodes of each layer that has some; each in the order of the mean place of what leads to it, which leaves few arrows crossing
    /// (Sugiyama's barycentre heuristic, one pass from the left).
    private static func layers(of graph: TopologyGraph) -> [[String]] {
        var layers = TopologyGraph.Kind.allCases.map { kind in graph.nodes.filter { $0.kind == kind }.map(\.id) }.filter { !$0.isEmpty }
        var rows: [String: Double] = [:]
        for index in layers.indices {
            let means = layers[index].enumerated().map { row, id in
                let sources = graph.edges.filter { $0.to == id }.compactMap { rows[$0.from] }
                return (id: id, mean: sources.isEmpty ? Double(row) : sources.reduce(0, +) / Double(sources.count))
            }
            layers[index] = means.sorted { ($0.mean, $0.id) < ($1.mean, $1.id) }.map(\.id)
            for (row, id) in layers[index].enumerated() { rows[id] = Double(row) }
        }
        return layers
    }

    /// The picture.
    package var svg: String {
        let words = "\(graph.nodes.count) nodes, \(graph.edges.count) arrows"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" role="img" \
            class="topology" aria-labelledby="topology-title">
            <title id="topology-title">Who publishes and who consumes: \(words)</title>
            <style>\(Self.style)</style>
            <defs><marker id="topology-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">\
            <path d="M0 0 8 4 0 8z"/></marker></defs>
            \(headings)
            \(graph.edges.map(arrow).joined(separator: "\n"))
            \(graph.nodes.map(box).joined(separator: "\n"))
            </svg>

            """
    }

    private var headings: String {
        if columns.isEmpty { return #"<text x="\#(Size.margin)" y="\#(Size.margin + 12)" class="head">No process is registered.</text>"# }
        return columns.map { kind, place in
            #"<text x="\#(place.x)" y="\#(place.y)" class="head">\#(kind.rawValue)</text>"#
        }.joined(separator: "\n")
    }

    private func box(_ node: TopologyGraph.Node) -> String {
        guard let place = places[node.id] else { return "" }
        return """
            <g class="node \(node.kind.rawValue)\(node.needsAttention ? " attention" : "")"><title>\
            \(Self.escaped("\(node.kind.rawValue) \(node.label): \(node.detail)"))</title>\
            <rect x="\(place.x)" y="\(place.y)" width="\(Size.box.width)" height="\(Size.box.height)" rx="6"/>\
            <text x="\(place.x + Size.box.width / 2)" y="\(place.y + Size.box.height / 2 + 4)" text-anchor="middle">\
            \(Self.escaped(Self.label(of: node)))</text></g>
            """
    }

    private func arrow(_ edge: TopologyGraph.Edge) -> String {
        guard let curve = curve(of: edge) else { return "" }
        let busy = (edge.count ?? 0) > 0 ? " busy" : ""
        let words = [edge.label, edge.count.map { "\($0)" } ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        let place = curve.words
        let text = words.isEmpty ? "" : #"<text x="\#(place.x)" y="\#(place.y)" text-anchor="middle">\#(Self.escaped(words))</text>"#
        let title = Self.escaped("\(edge.from) → \(edge.to)\(words.isEmpty ? "" : ": \(words)")")
        return """
            <g class="edge\(busy)"><title>\(title)</title>\
            <path d="\(curve.path())" marker-end="url(#topology-arrow)"/>\(text)</g>
            """
    }

    private static func escaped(_ text: String) -> String {
        var markup = ""
        markup.appendEscaped(text)
        return markup
    }

    private static let style = """
        .topology{color-scheme:light dark;--ink:var(--topology-ink,#1b1f24);--paper:var(--topology-paper,#fff);--line:var(--topology-line,#8a93a0);\
        --busy:var(--topology-busy,#0b62c4);--alarm:var(--topology-alarm,#b3261e);font:12px system-ui,sans-serif}\
        @media(prefers-color-scheme:dark){.topology{--ink:var(--topology-ink,#e6e9ee);--paper:var(--topology-paper,#14181d);\
        --line:var(--topology-line,#6d7784);--busy:var(--topology-busy,#6cb0ff);--alarm:var(--topology-alarm,#ff8a80)}}\
        .topology text{fill:var(--ink)}.topology .head{opacity:.65}.topology rect{fill:var(--paper);stroke:var(--line)}\
        .topology .edge path{fill:none;stroke:var(--line)}.topology .edge text{font-size:11px;paint-order:stroke;stroke:var(--paper);\
        stroke-width:3px}.topology .busy path{stroke:var(--busy);stroke-width:2}.topology .attention rect{stroke:var(--alarm);stroke-width:2.5}\
        .topology marker path{fill:var(--line)}
        """
}

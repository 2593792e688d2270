package import StepstreamJSON

extension Topology {
    /// The topology as JSON: what is served at `/topology`.
    package var json: JSONText {
        let graph = TopologyGraph(self)
        return .object([
            "processes": .raw(.array(processes.map { .raw($0.json) })), "types": .raw(.array(types.map { .raw($0.json) })),
            "queues": .raw(.array(queues.map { .raw($0.json) })), "findings": .raw(.array(findings.map { .raw($0.json) })),
            "graph": .raw(
                .object([
                    "nodes": .raw(.array(graph.nodes.map { .raw($0.json) })), "edges": .raw(.array(graph.edges.map { .raw($0.json) })),
                ])
            ),
        ])
    }
}

extension TopologyFinding {
    fileprivate var json: JSONText {
        .object(["kind": .string(kind.rawValue), "subject": .string(subject), "words": .string(words)])
    }
}

extension Topology.OperationType {
    fileprivate var json: JSONText {
        let versions = versions.sorted { $0.key.text < $1.key.text }.map { version, processes in
            JSONText.Fragment.raw(.object(["version": .string(version.text), "processes": .names(processes.sorted())]))
        }
        return .object([
            "type": .string(name.text), "versions": .raw(.array(versions)), "acceptedBy": .names(acceptedBy.sorted()),
            "steps": .names(steps.map(\.name.text)),
        ])
    }
}

extension Topology.Queue {
    fileprivate var json: JSONText {
        let steps = publishers.sorted().map { publisher in
            JSONText.Fragment.raw(.object(["type": .string(publisher.type.text), "step": .string(publisher.step.text)]))
        }
        let readers = readers.map { reader in
            JSONText.Fragment.raw(.object(["consumer": .string(reader.name), "pending": .integer(Int64(reader.pending))]))
        }
        return .object([
            "queue": .string(name.text), "length": .integer(Int64(length)), "pending": .integer(Int64(pending)),
            "publishers": .raw(.array(steps)), "consumers": .names(consumers), "readers": .raw(.array(readers)),
        ])
    }
}

extension TopologyGraph.Node {
    fileprivate var json: JSONText {
        .object([
            "id": .string(id), "kind": .string(kind.rawValue), "label": .string(label), "detail": .string(detail),
            "needsAttention": .bool(needsAttention),
        ])
    }
}

extension TopologyGraph.Edge {
    fileprivate var json: JSONText {
        .object([
            "from": .string(from), "to": .string(to), "label": .string(label), "count": count.map { .integer(Int64($0)) } ?? .null,
        ])
    }
}

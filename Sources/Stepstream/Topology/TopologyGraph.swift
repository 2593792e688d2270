/// A topology as a graph in layers, from who accepts to who is notified: what every drawing of it is made from.
package struct TopologyGraph: Sendable, Hashable {
    /// What a node stands for; also its layer, in this order.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Like processes that operations are submitted to.
        case publisher
        /// A type of operation.
        case type
        /// A step of a type.
        case step
        /// A queue.
        case queue
        /// Like processes that work on queues.
        case worker
        /// A receiver of webhooks.
        case endpoint
    }

    /// A node.
    package struct Node: Sendable, Hashable {
        /// Its name in this graph: its kind, a colon, and what is unique among its kind.
        package var id: String
        /// What it stands for.
        package var kind: Kind
        /// What is written on it.
        package var label: String
        /// What more there is to say, for who asks.
        package var detail: String
        /// Whether some finding is about it.
        package var needsAttention = false
    }

    /// An arrow.
    package struct Edge: Sendable, Hashable {
        /// From where.
        package var from: String
        /// To where.
        package var to: String
        /// What goes along it.
        package var label = ""
        /// Live: messages that wait, on the arrow into a queue's workers those that are held; nil where nothing is counted.
        package var count: Int?
    }

    /// The nodes, layer by layer.
    package internal(set) var nodes: [Node] = []
    /// The arrows.
    package internal(set) var edges: [Edge] = []

    /// The graph of `topology`.
    package init(_ topology: Topology) {
        let groups = Self.groups(of: topology.processes)
        addProcesses(groups)
        addTypes(topology)
        for queue in topology.queues { addQueue(queue) }
        for (name, processes) in groups { connect(name, processes: processes, in: topology) }
        count(topology)
        mark(topology.findings)
        let layers = Kind.allCases
        nodes.sort { ((layers.firstIndex(of: $0.kind) ?? 0), $0.id) < ((layers.firstIndex(of: $1.kind) ?? 0), $1.id) }
    }

    /// Processes that do the same are one node, however many they are.
    private static func groups(of processes: [Registration]) -> [(name: String, processes: [Registration])] {
        let alike = Dictionary(grouping: processes) { process in
            var process = process
            (process.process, process.host, process.pid, process.since, process.consumer) = ("", "", 0, 0, nil)
            return process
        }
        let groups = alike.values.sorted { $0[0].process < $1[0].process }
        return groups.map { ($0[0].process, $0) }
    }

    private mutating func addProcesses(_ groups: [(name: String, processes: [Registration])]) {
        for (name, processes) in groups {
            let first = processes[0]
            let label = "\(first.role)" + (processes.count > 1 ? " ×\(processes.count)" : "")
            let detail = "\(processes.map(\.process).joined(separator: ", ")), version \(first.software)"
            if first.accepts { nodes.append(Node(id: "publisher:\(name)", kind: .publisher, label: label, detail: detail)) }
            if !first.queues.isEmpty { nodes.append(Node(id: "worker:\(name)", kind: .worker, label: label, detail: detail)) }
            for endpoint in first.endpoints where !nodes.contains(where: { $0.id == "endpoint:\(endpoint.name)" }) {
                let events = endpoint.events.map(\.wire).joined(separator: ", ")
                let node = Node(
                    id: "endpoint:\(endpoint.name)",
                    kind: .endpoint,
                    label: endpoint.name.text,
                    detail: "\(endpoint.origin) \(events)"
                )
                nodes.append(node)
            }
        }
    }

    private mutating func addTypes(_ topology: Topology) {
        for type in topology.types {
            let versions = type.versions.keys.map(\.text).sorted().joined(separator: ", ")
            nodes.append(Node(id: "type:\(type.name)", kind: .type, label: type.name.text, detail: "version \(versions)"))
            for step in type.steps {
                let id = "step:\(type.name)/\(step.name)"
                let place = step.mode == .sync ? "before the answer" : "queue \(step.queue)"
                let handlers = step.handlers.sorted().map(\.text).joined(separator: ", ")
                nodes.append(Node(id: id, kind: .step, label: step.name.text, detail: "\(type.name)/\(step.name), \(place), \(handlers)"))
                edges.append(Edge(from: "type:\(type.name)", to: id))
                edges.append(Edge(from: id, to: "queue:\(step.queue)", label: step.mode == .sync ? "recovery" : ""))
                if let undo = step.undoQueue, undo != step.queue { edges.append(Edge(from: id, to: "queue:\(undo)", label: "undo")) }
            }
        }
    }

    private mutating func addQueue(_ queue: Topology.Queue) {
        let detail = "\(queue.length - queue.pending) waiting, \(queue.pending) claimed"
        nodes.append(Node(id: "queue:\(queue.name)", kind: .queue, label: queue.name.text, detail: detail))
    }

    private mutating func connect(_ name: String, processes: [Registration], in topology: Topology) {
        let first = processes[0]
        if first.accepts {
            for definition in first.definitions { edges.append(Edge(from: "publisher:\(name)", to: "type:\(definition.type)")) }
        }
        let consumers = Set(processes.compactMap(\.consumer))
        for queue in topology.queues where first.queues.contains(queue.name) {
            let held = queue.readers.filter { consumers.contains($0.name) }.reduce(0) { $0 + $1.pending }
            edges.append(Edge(from: "queue:\(queue.name)", to: "worker:\(name)", label: "held", count: held))
        }
        for endpoint in first.endpoints {
            edges.append(Edge(from: "\(first.queues.isEmpty ? "publisher" : "worker"):\(name)", to: "endpoint:\(endpoint.name)"))
        }
    }

    /// What waits in a queue stands on the arrows into it.
    private mutating func count(_ topology: Topology) {
        for queue in topology.queues {
            for index in edges.indices where edges[index].to == "queue:\(queue.name)" {
                edges[index].count = max(0, queue.length - queue.pending)
            }
        }
    }

    private mutating func mark(_ findings: [TopologyFinding]) {
        for finding in findings {
            let id: String? =
                switch finding.kind {
                case .queueWithoutConsumer, .consumerWithoutPublisher: "queue:\(finding.subject)"
                case .definitionVersions, .definitionUnknown: "type:\(finding.subject)"
                case .handlerMissing: "step:\(finding.subject)"
                case .softwareVersions: nil
                }
            for index in nodes.indices where nodes[index].id == id { nodes[index].needsAttention = true }
        }
    }
}

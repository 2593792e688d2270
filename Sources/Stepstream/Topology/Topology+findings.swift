extension Topology {
    /// What is not as it should be, by kind and subject; nothing is known of an installation without processes.
    package var findings: [TopologyFinding] {
        let all = queueFindings + definitionFindings + softwareFindings + handlerFindings + unknownDefinitions
        let order = TopologyFinding.Kind.allCases
        return all.sorted { left, right in
            let (first, second) = (order.firstIndex(of: left.kind) ?? 0, order.firstIndex(of: right.kind) ?? 0)
            return (first, left.subject) < (second, right.subject)
        }
    }

    private var queueFindings: [TopologyFinding] {
        queues.compactMap { queue in
            let isRead = !queue.consumers.isEmpty || queue.readers.contains(where: \.isReading)
            if !isRead, !queue.publishers.isEmpty || queue.length > 0 {
                let steps = queue.publishers.sorted().map { "\($0.type)/\($0.step)" }.joined(separator: ", ")
                let filled = steps.isEmpty ? "No running process publishes to it, but it holds messages" : "\(steps) publish to it"
                let words =
                    "\(filled): \(queue.length) wait or are held, and no process works on it. Start a worker of queue \(queue.name)."
                return TopologyFinding(.queueWithoutConsumer, queue.name.text, words)
            }
            // Every worker without a list of queues reads this one.
            if !queue.consumers.isEmpty, queue.publishers.isEmpty, queue.length == 0, queue.name != Step.defaultQueue {
                let words =
                    "\(queue.consumers.joined(separator: ", ")) works on it, and no process accepts a type whose steps fill it. "
                    + "Check the spelling of its name, or remove it from the workers."
                return TopologyFinding(.consumerWithoutPublisher, queue.name.text, words)
            }
            return nil
        }
    }

    private var definitionFindings: [TopologyFinding] {
        types.filter { $0.versions.count > 1 }.map { type in
            let versions = type.versions.sorted { $0.key.text < $1.key.text }
                .map { "\($0.key) (\($0.value.sorted().joined(separator: ", ")))" }.joined(separator: " and ")
            let words =
                "Processes have different definitions of it: \(versions). Each operation keeps the one it was accepted with; "
                + "finish the deployment, or give all processes the same files."
            return TopologyFinding(.definitionVersions, type.name.text, words)
        }
    }

    private var softwareFindings: [TopologyFinding] {
        let versions = Dictionary(grouping: processes, by: \.software)
        guard versions.count > 1 else { return [] }
        let shown = versions.sorted { $0.key < $1.key }.map { version, processes in
            "\(version) (\(processes.map(\.process).joined(separator: ", ")))"
        }
        let words = "Processes run different versions: \(shown.joined(separator: " and ")). Finish the upgrade."
        return [TopologyFinding(.softwareVersions, "stepstream", words)]
    }

    private var handlerFindings: [TopologyFinding] {
        types.filter { !$0.acceptedBy.isEmpty }.flatMap { type in
            type.steps.compactMap { step in
                let missing = step.needs.flatMap { self.missing($0.handlers, in: $0.queue) }
                guard !missing.isEmpty else { return nil }
                let names = Set(missing).sorted().map(\.text).joined(separator: ", ")
                let words =
                    "No process that works on its queue can run \(names): its messages are snoozed repeatedly. "
                    + "Start a worker that has it, or correct the definition."
                return TopologyFinding(.handlerMissing, "\(type.name)/\(step.name)", words)
            }
        }
    }

    /// A queue without any consumer has a finding of its own.
    private func missing(_ handlers: Set<HandlerName>, in queue: Name) -> Set<HandlerName> {
        let consumers = processes.filter { $0.queues.contains(queue) }
        guard !consumers.isEmpty else { return [] }
        return handlers.subtracting(consumers.flatMap(\.handlers))
    }

    private var unknownDefinitions: [TopologyFinding] {
        let known = Set(types.map(\.name))
        return Set(accepted.map(\.type)).subtracting(known).map { type in
            let words =
                "Operations of it were accepted within the last hours, and no living process has a definition of it. What was accepted is "
                + "worked on as long as its queues are; nothing more can be submitted. Give the processes its definition if that is not meant."
            return TopologyFinding(.definitionUnknown, type.text, words)
        }
    }
}

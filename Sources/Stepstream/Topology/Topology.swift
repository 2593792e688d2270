/// Who publishes and who consumes: what processes declare, beside what is observed.
package struct Topology: Sendable, Hashable {
    /// A queue, declared or observed.
    package struct Queue: Sendable, Hashable {
        /// Its name.
        package var name: Name
        /// Messages in it, waiting or claimed.
        package var length = 0
        /// Those that are claimed.
        package var pending = 0
        /// The steps that fill it, by the declarations of the processes that accept.
        package var publishers: Set<Publisher> = []
        /// The processes that say they work on it.
        package var consumers: [String] = []
        /// Those who have read it, as its group knows them.
        package var readers: [ObservedTopology.Consumer] = []
    }

    /// A step that fills a queue.
    package struct Publisher: Sendable, Hashable, Comparable {
        /// The type of its operation.
        package var type: Name
        /// Its name.
        package var step: Name

        /// By type and name.
        package static func < (left: Publisher, right: Publisher) -> Bool { (left.type, left.step) < (right.type, right.step) }
    }

    /// A type of operation.
    package struct OperationType: Sendable, Hashable {
        /// Its name.
        package var name: Name
        /// Which processes have which version of its definition.
        package var versions: [DefinitionVersion: [String]] = [:]
        /// The processes that it is submitted to.
        package var acceptedBy: [String] = []
        /// Its steps, as the youngest process that it is submitted to declares them, or else the youngest that has it.
        package var steps: [DeclaredStep] = []
    }

    /// The living processes, by name.
    package let processes: [Registration]
    /// The types, by name.
    package let types: [OperationType]
    /// The queues, by name.
    package let queues: [Queue]
    /// The definitions that operations were accepted with of late.
    package let accepted: [ObservedTopology.Accepted]
    /// Where the messages are; nil if that is unknown.
    package let places: ObservedTopology.Places?

    /// What follows from what was seen.
    package init(_ observed: ObservedTopology) {
        processes = observed.registrations.sorted { $0.process < $1.process }
        types = Self.types(of: processes)
        queues = Self.queues(of: processes, observed: observed.queues)
        accepted = observed.accepted
        places = observed.places
    }

    /// A topology of nothing.
    package init() {
        self.init(ObservedTopology())
    }

    private static func types(of processes: [Registration]) -> [OperationType] {
        var types: [Name: OperationType] = [:]
        // The youngest last, those that accept behind all others: what is written last stays.
        let ordered = processes.sorted { ($0.accepts ? 1 : 0, $0.since.count) < ($1.accepts ? 1 : 0, $1.since.count) }
        for process in ordered {
            for definition in process.definitions {
                var type = types[definition.type] ?? OperationType(name: definition.type)
                type.versions[definition.version, default: []].append(process.process)
                if process.accepts { type.acceptedBy.append(process.process) }
                type.steps = definition.steps
                types[definition.type] = type
            }
        }
        return types.values.sorted { $0.name < $1.name }
    }

    private static func queues(of processes: [Registration], observed: [ObservedTopology.Queue]) -> [Queue] {
        var queues: [Name: Queue] = [:]
        for queue in observed {
            queues[queue.name] = Queue(name: queue.name, length: queue.length, pending: queue.pending, readers: queue.consumers)
        }
        for process in processes {
            for queue in process.queues { queues[queue, default: Queue(name: queue)].consumers.append(process.process) }
            // What a process only has, nobody can submit to it.
            for definition in process.definitions where process.accepts {
                for step in definition.steps {
                    let publisher = Publisher(type: definition.type, step: step.name)
                    for need in step.needs { queues[need.queue, default: Queue(name: need.queue)].publishers.insert(publisher) }
                }
            }
        }
        return queues.values.sorted { $0.name < $1.name }
    }
}

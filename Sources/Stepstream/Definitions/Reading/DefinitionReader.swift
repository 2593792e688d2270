import StepstreamJSON

/// Reads definitions out of located values, and collects every fault instead of stopping at the first.
///
/// The rules of the format are here and nowhere else: files, canonical JSON and definitions made in code all pass through.
package struct DefinitionReader {
    /// How times are written, and whether variables are filled in.
    package enum Form {
        /// For people: `5s`, `${NAME}`.
        case file(environment: (String) -> String?)
        /// Whole milliseconds, every text as it is.
        case canonical
    }

    package let source: String
    package let form: Form
    package private(set) var faults: [DefinitionFault] = []

    package init(source: String, form: Form) {
        self.source = source
        self.form = form
    }

    package mutating func report(_ place: Place, words: String, allowed: String) {
        faults.append(
            DefinitionFault(
                source: source,
                line: place.line,
                column: place.column,
                pointer: place.pointer,
                words: words,
                allowed: allowed
            )
        )
    }

    private static let members = ["type", "description", "inputSchema", "deadline", "steps"]

    /// The most steps a definition may have.
    package static let maximumSteps = 100

    /// Reads one definition; nil when a fault was found.
    package mutating func definition(_ value: LocatedValue) -> Definition? {
        let before = faults.count
        guard let members = members(of: value, named: "a definition", known: DefinitionReader.members) else { return nil }
        let type = required("type", in: members).flatMap { self.name($0, named: "type") }
        let description = members["description"].flatMap { self.text($0, named: "description") }
        let schema = members["inputSchema"].flatMap { self.schema($0) }
        let deadline = members["deadline"].flatMap { duration($0, named: "deadline", in: 10...DefinitionReader.month) }
        let steps = required("steps", in: members).flatMap { self.steps($0) } ?? []
        guard let type, faults.count == before else { return nil }
        return Definition(type: type, description: description, inputSchema: schema, deadline: deadline, steps: steps)
    }

    /// Reads the text of the schema, and has it compiled to find its faults.
    private mutating func schema(_ value: LocatedValue) -> JSONText? {
        let json = value.json
        do {
            _ = try JSONSchema(json)
        } catch {
            for fault in error.faults {
                report(value.place(at: fault.pointer), words: "inputSchema: \(fault.words)", allowed: fault.allowed)
            }
        }
        return json
    }

    private mutating func steps(_ value: LocatedValue) -> [Step]? {
        guard let elements = list(value, named: "steps") else { return nil }
        if elements.isEmpty { report(value.place, words: "steps is empty", allowed: "a definition has at least one step") }
        if elements.count > DefinitionReader.maximumSteps {
            report(value.place, words: "\(elements.count) steps", allowed: "a definition has at most \(DefinitionReader.maximumSteps)")
        }
        var steps: [Step] = []
        var order = StepOrder()
        for element in elements {
            guard let members = members(of: element, named: "a step", known: DefinitionReader.stepMembers) else { continue }
            let step = step(members)
            for (place, words, allowed) in order.faults(adding: step, from: members) { report(place, words: words, allowed: allowed) }
            if let step = step.whole { steps.append(step) }
        }
        return steps
    }
}

/// What the steps of one definition must keep to together.
private struct StepOrder {
    private var places: [Name: Place] = [:]
    private var firstAsync: Name??
    private var pivot: Name??

    mutating func faults(adding step: PartialStep, from members: LocatedMembers) -> [(Place, String, String)] {
        var faults: [(Place, String, String)] = []
        if let name = step.name {
            let place = members["name"]?.place ?? members.place
            if let first = places[name] {
                let words = "a second step named \(name)" + (first.line.map { ", the first is in line \($0)" } ?? "")
                faults.append((place, words, "names are unique within a definition"))
            } else {
                places[name] = place
            }
        }
        switch step.mode {
        case .sync:
            if let first = firstAsync {
                let words = "a sync step after \(first.map { "the async step \($0)" } ?? "an async step")"
                faults.append((members["mode"]?.place ?? members.place, words, "sync steps come before all async steps"))
            }
        case .async: if firstAsync == nil { firstAsync = .some(step.name) }
        case nil: break
        }
        if step.undo == .pivot {
            if let first = pivot {
                let words = "a second pivot" + (first.map { ", the first is \($0)" } ?? "")
                faults.append((members["undo"]?.place ?? members.place, words, "at most one step of a definition is the pivot"))
            } else {
                pivot = .some(step.name)
            }
        }
        return faults
    }
}

import ArgumentParser
import Stepstream
import StepstreamConfiguration

/// `stepstream definitions`
struct DefinitionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "definitions",
        abstract: "Checks definition files and prints what they define.",
        discussion: "Every fault of every file is named at once, with line and column; then the exit status is 1."
    )

    @OptionGroup var options: ServerOptions

    @Flag(help: "Print the definitions as JSON, one a line.")
    var json = false

    func run() async throws {
        let catalog = try options.plainSettings().catalog()
        for type in catalog.types {
            guard let entry = catalog[type] else { continue }
            if json {
                print(entry.canonicalJSON.text)
            } else {
                print("\(type)  version \(entry.version)\(entry.definition.description.map { "  \($0)" } ?? "")")
                for step in entry.definition.steps { print("  \(step.summary)") }
            }
        }
        if catalog.types.isEmpty, !json { print("There are no definitions in this folder.") }
    }
}

extension Step {
    fileprivate var summary: String {
        let undo =
            switch undo {
            case .none: ""
            case .pivot: ", pivot"
            case .handler(let compensation): ", undo by \(compensation.handler.summary)"
            }
        let unknown =
            switch onUnknown {
            case .retry: ""
            case .probe(let probe): ", when unknown asks \(probe.handler.summary)"
            case .hold: ", when unknown held"
            }
        let place = mode == .sync ? "before the answer" : "queue \(queue)"
        return "\(name): \(place), \(handler.summary), \(timeout.count) ms, up to \(retry.attempts) attempts\(unknown)\(undo)"
    }
}

extension HandlerReference {
    fileprivate var summary: String {
        switch self {
        case .http(let call): "\(call.method) \(call.url)"
        case .swift(let name): "Swift handler \(name)"
        case .exec(let command): "program \(command.joined(separator: " "))"
        }
    }
}

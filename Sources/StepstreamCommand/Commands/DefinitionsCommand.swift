import ArgumentParser
import Stepstream
import StepstreamConfiguration

/// `stepstream definitions`
struct DefinitionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "definitions",
        abstract: "Checks definition files and prints what they define.",
        discussion: "Reports all errors in all files, with line and column; the exit status is then 1."
    )

    @OptionGroup var options: ServerOptions

    @Flag(help: "Print the definitions as JSON, one per line.")
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
        if catalog.types.isEmpty, !json { print("The folder has no definition files.") }
    }
}

extension Step {
    fileprivate var summary: String {
        let undo =
            switch undo {
            case .none: ""
            case .pivot: ", pivot"
            case .handler(let compensation): ", undo: \(compensation.handler.summary)"
            }
        let unknown =
            switch onUnknown {
            case .retry: ""
            case .probe(let probe): ", if the outcome is unknown: \(probe.handler.summary)"
            case .hold: ", if the outcome is unknown: hold"
            }
        let place = mode == .sync ? "sync" : "queue \(queue)"
        let attempts = "\(retry.attempts) attempt\(retry.attempts == 1 ? "" : "s")"
        return "\(name): \(place), \(handler.summary), timeout \(timeout.duration.settingText), \(attempts)\(unknown)\(undo)"
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

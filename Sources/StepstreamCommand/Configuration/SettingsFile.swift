import Foundation
import Yams

/// Looks through a settings file for keys and values that do not exist: the configuration library reads only what it is asked for, and
/// would pass over a misspelt key in silence.
struct SettingsFile {
    let path: String
    private(set) var faults: [ConfigurationFaults.Fault] = []

    /// Reads the file at `path`.
    init(path: String) throws {
        self.path = path
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            if let root = try Yams.compose(yaml: text) { look(at: root, under: []) }
        } catch let error as YamlError {
            faults.append(.init(place: path, words: "\(error)"))
        }
    }

    private mutating func look(at node: Node, under path: [String]) {
        let key = path.joined(separator: ".")
        switch node {
        case .mapping(let mapping):
            if Setting.named(key) != nil { return faults.append(fault(node, words: "\(key): a value is wanted here, not further keys")) }
            for (name, value) in mapping {
                let inner = path + [name.string ?? "?"]
                let isKnown = Setting.all.contains {
                    $0.key == inner.joined(separator: ".") || $0.key.hasPrefix(inner.joined(separator: ".") + ".")
                }
                if isKnown { look(at: value, under: inner) } else { faults.append(unknown(inner.joined(separator: "."), node: name)) }
            }
        case .scalar(let scalar):
            // A section whose keys are all commented out reads as null.
            if key.isEmpty || (Setting.named(key) == nil && scalar.string.isEmpty) { return }
            guard let setting = Setting.named(key) else {
                return faults.append(fault(node, words: "\(key): keys are wanted under this one, not a value"))
            }
            if !setting.accepts(scalar.string) { faults.append(setting.fault(scalar.string, at: place(node))) }
        case .sequence, .alias:
            faults.append(fault(node, words: "\(key): a list is not allowed here; write one text, with commas between names"))
        }
    }

    private func unknown(_ key: String, node: Node) -> ConfigurationFaults.Fault {
        Setting.unknown(key, at: place(node), among: Setting.all.map(\.key))
    }

    private func fault(_ node: Node, words: String) -> ConfigurationFaults.Fault {
        .init(place: place(node), words: words)
    }

    private func place(_ node: Node) -> String {
        node.mark.map { "\(path):\($0.line):\($0.column)" } ?? path
    }
}

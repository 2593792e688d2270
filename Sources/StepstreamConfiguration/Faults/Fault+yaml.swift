import Yams

extension ConfigurationFaults.Fault {
    /// What makes the file at `path` no YAML. The line itself is not shown: a password may stand in it.
    static func invalidYAML(_ error: any Error, in path: String) -> Self {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            return .init("not valid YAML: \(problem)", at: "\(path):\(mark.line):\(mark.column)")
        case .duplicatedKeysInMapping(let keys, let context):
            let place = "\(path):\(context.mark.line):\(context.mark.column)"
            return .init("set twice in the section that begins here: \(keys.sorted().joined(separator: ", "))", at: place)
        case .reader(let problem, _, _, _): return .init("not valid YAML: \(problem)", at: path)
        case .some, nil: return .init("not valid YAML", at: path)
        }
    }
}

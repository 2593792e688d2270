import FoundationEssentials
import Yams

/// A file with settings: sections, and under each its keys with their values.
struct SettingsFile {
    let path: String

    /// The file that is read when no other is named.
    static let standardPath = "config/stepstream.yaml"

    /// - Parameters:
    ///   - values: what is set.
    ///   - isNamed: whether somebody named this file, so that it must exist.
    func read(into values: inout SettingValues, isNamed: Bool) {
        guard FileManager.default.fileExists(atPath: path) else {
            if isNamed { values.refuse("there is no such file", at: path) }
            return
        }
        do {
            read(try String(contentsOfFile: path, encoding: .utf8), into: &values)
        } catch {
            values.refuse("the file cannot be read as text in UTF-8", at: path)
        }
    }

    /// Reads the text of the file.
    func read(_ text: String, into values: inout SettingValues) {
        guard !text.allSatisfy(\.isWhitespace) else {
            return values.refuse("the file is empty; must be settings such as config/stepstream.yaml documents, or no file", at: path)
        }
        do {
            if let root = try Yams.compose(yaml: text) { read(root, into: &values) }
        } catch {
            values.refuse(.invalidYAML(error, in: path))
        }
    }

    private func read(_ root: Node, into values: inout SettingValues) {
        guard let sections = root.mapping else {
            return values.refuse("must be sections such as http:, with keys such as port: 8080 under them", at: place(root))
        }
        for (name, node) in sections {
            let section = name.string ?? "?"
            if AllSettings.sections.contains(section) {
                readSection(section, from: node, into: &values)
            } else if let setting = AllSettings.byKey[section] {
                let key = setting.key.dropFirst(setting.section.count + 1)
                values.refuse("\(section): must be written as \(key): under \(setting.section):", at: place(name))
            } else {
                values.refuse(.unknown(section, among: AllSettings.list.map(\.key), at: place(name)))
            }
        }
    }

    private func readSection(_ section: String, from node: Node, into values: inout SettingValues) {
        let known = AllSettings.list.filter { $0.section == section }.map(\.key)
        // A section whose keys are all commented out.
        if let scalar = node.scalar, isNull(scalar) { return }
        guard let keys = node.mapping else {
            return values.refuse("\(section): must be keys with values, such as \(known[0]), not a value", at: place(node))
        }
        for (name, value) in keys {
            let key = "\(section).\(name.string ?? "?")"
            guard let setting = AllSettings.byKey[key] else {
                values.refuse(.unknown(key, among: known, at: place(name)))
                continue
            }
            read(value, for: setting, into: &values)
        }
    }

    private func read(_ value: Node, for setting: any AnySetting, into values: inout SettingValues) {
        switch value {
        case .scalar(let scalar) where isNull(scalar):
            values.refuse("\(setting.key): has no value; must be \(setting.allowed)", at: place(value))
        case .scalar(let scalar):
            // The text as it is written: YAML would read 02000 as 1024, and off as false.
            values.set(setting, to: scalar.string, at: place(value))
        case .sequence:
            values.refuse("\(setting.key): is a list; must be \(setting.allowed)", at: place(value))
        case .mapping, .alias:
            values.refuse("\(setting.key): has keys of its own; must be \(setting.allowed)", at: place(value))
        }
    }

    private func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private func place(_ node: Node) -> String {
        node.mark.map { "\(path):\($0.line):\($0.column)" } ?? path
    }
}

import Foundation
import Testing

@testable import StepstreamConfiguration

/// What settings are read from in a test.
struct Reading {
    static let path = "settings.yaml"
    private(set) var values = SettingValues()

    /// The faults found, a line each.
    var faults: [String] { values.faults.map { "\($0.place): \($0.words)" } }

    /// The text of a settings file.
    init(file: String) {
        SettingsFile(path: Self.path).read(file, into: &values)
    }

    init(variables: [String: String]) {
        SettingsEnvironment(variables: variables).read(into: &values)
    }

    /// Writes a settings file, and gives its path to `body`.
    static func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "stepstream-settings-\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file.path)
    }
}

extension Given: CustomStringConvertible {
    /// The value alone.
    public var description: String { String(describing: value) }
}

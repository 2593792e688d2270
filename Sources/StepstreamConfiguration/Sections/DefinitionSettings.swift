/// Where the definitions are.
package enum DefinitionSettings {
    package static let folder = Setting("definitions.folder", rule: .text, default: "config/operations", flag: "--definitions")

    static let all: [any AnySetting] = [folder]
}

/// A text that was given for a setting on the command line.
package struct GivenText: Sendable {
    let setting: any AnySetting
    let text: String

    var place: String { "command line" + (setting.flag.map { ", \($0)" } ?? "") }
}

extension Setting {
    /// What the setting's flag was given; nil if it was not.
    package func given(_ text: String?) -> GivenText? {
        text.map { GivenText(setting: self, text: $0) }
    }
}

/// A setting, whatever the type of its value.
protocol AnySetting: Sendable {
    var key: String { get }
    var flag: String? { get }
    /// What is allowed, in words that follow "must be".
    var allowed: String { get }
    /// Whether a value may hold a password, and so is never shown.
    var isSecret: Bool { get }
    /// The default, as ``Given``.
    var unset: any Sendable { get }

    /// The value that `text` stands for, as ``Given``.
    func given(_ text: String, at place: String) throws(SettingRefusal) -> any Sendable
}

extension AnySetting {
    /// The first part of the key.
    var section: String { String(key.prefix { $0 != "." }) }

    /// The environment variable of the key: `http.bodyLimit` is `STEPSTREAM_HTTP_BODY_LIMIT`, `http.publicURL` is
    /// `STEPSTREAM_HTTP_PUBLIC_URL`. A word begins after a dot and where a capital follows a small letter.
    var variable: String {
        var name = "STEPSTREAM_"
        var isAfterSmallLetter = false
        for character in key {
            if character.isUppercase, isAfterSmallLetter { name += "_" }
            name += character == "." ? "_" : character.uppercased()
            isAfterSmallLetter = character.isLowercase
        }
        return name
    }
}

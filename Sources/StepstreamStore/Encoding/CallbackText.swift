import Stepstream

/// A callback as one line: the kinds of events it wants and then its URL, with spaces between them. Scripts look for ` kind ` in it.
enum CallbackText {
    static func encode(_ callback: Callback) -> String {
        (callback.events.map(\.rawValue) + [callback.url.text]).joined(separator: " ")
    }

    /// Nil for what no version of Stepstream has written.
    static func decode(_ text: String) -> Callback? {
        let parts = text.split(separator: " ").map(String.init)
        guard let last = parts.last else { return nil }
        let kinds = parts.dropLast().compactMap { Event.Kind(rawValue: $0) }
        do throws(WebhookURL.Fault) {
            return Callback(url: try WebhookURL(last), events: kinds)
        } catch {
            return nil
        }
    }
}

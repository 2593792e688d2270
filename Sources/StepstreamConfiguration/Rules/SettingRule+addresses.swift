import RedisClient
import Stepstream

extension SettingRule<RedisConfiguration> {
    /// The address of a Redis server; it may hold a password.
    static var redisURL: SettingRule {
        let allowed =
            "redis://[user:password@]host[:port][/database], rediss://… for TLS, unix:///path[?db=n], "
            + "redis+sentinel://[user:password@]host[:port],host[:port]/name[/database], or rediss+sentinel://…"
        return .init(allowed: allowed, isSecret: true) { text throws(SettingRefusal) in
            do throws(RedisError) {
                return try RedisConfiguration(url: text)
            } catch {
                // Its words repeat nothing of the address.
                throw SettingRefusal("is not valid (\(error.message))")
            }
        }
    }
}

extension SettingRule<String> {
    /// The URL of a server, which paths are appended to.
    static var baseURL: SettingRule {
        let allowed = "an absolute URL with http:// or https://, without user name, query and fragment"
        return .init(allowed: allowed) { text throws(SettingRefusal) in
            for (character, reason) in [("?", "has a query"), ("#", "has a fragment")] where text.contains(character) {
                throw SettingRefusal(reason)
            }
            guard WebhookURL.isAbsolute(text) else { throw SettingRefusal("is not such a URL") }
            return text
        }
    }
}

extension WebhookURL {
    /// Whether `text` is an absolute URL without user information and fragment.
    static func isAbsolute(_ text: String) -> Bool {
        do throws(Fault) {
            _ = try WebhookURL(text)
            return true
        } catch {
            return false
        }
    }
}

extension String {
    /// Whether nothing follows the host and port of a URL.
    var isAuthorityLast: Bool {
        guard let start = firstRange(of: "://") else { return false }
        return !self[start.upperBound...].contains { $0 == "/" || $0 == "?" }
    }
}

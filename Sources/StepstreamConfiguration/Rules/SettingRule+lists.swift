import Stepstream

extension SettingRule {
    /// A list, separated by commas, each entry of which `entry` reads.
    private static func list<Element>(
        of what: String,
        isSecret: Bool = false,
        entry: @escaping @Sendable (String) -> Element?
    ) -> SettingRule where Value == [Element] {
        .init(allowed: what, isSecret: isSecret) { text throws(SettingRefusal) in
            guard !text.isEmpty else { throw SettingRefusal("is empty") }
            var values: [Element] = []
            for part in text.entries {
                guard !part.isEmpty else { throw SettingRefusal("has an empty entry") }
                guard let value = entry(part) else {
                    throw SettingRefusal(isSecret ? "has an entry that is not one" : "has the invalid entry \"\(part)\"")
                }
                values.append(value)
            }
            return values
        }
    }
}

extension SettingRule<[Name]> {
    /// Names of queues.
    static var names: SettingRule {
        list(of: "names separated by commas, each \(Name.rule)") { Name($0) }
    }
}

extension SettingRule<[WebhookSecret]> {
    /// Secrets that webhooks are signed with.
    static var secrets: SettingRule {
        list(of: "\(WebhookSecret.rule), or two of these separated by a comma while one replaces the other", isSecret: true) {
            WebhookSecret($0)
        }
    }
}

extension SettingRule<[AddressRange]> {
    /// Ranges of IP addresses.
    static var addressRanges: SettingRule {
        list(of: "IP address ranges separated by commas, such as 10.1.0.0/16 or fd00::/8") { AddressRange($0) }
    }
}

extension SettingRule<[Int]> {
    /// Numbers of ports that can be called.
    static var ports: SettingRule {
        list(of: "port numbers from 1 to 65535, separated by commas") { text in
            do { return try SettingRule<Int>.number(text, in: 1...65_535) } catch { return nil }
        }
    }
}

extension SettingRule<[String]> {
    /// Origins of web pages.
    static var origins: SettingRule {
        list(of: "origins separated by commas, each http:// or https:// with a host and an optional port") { text in
            WebhookURL.isAbsolute(text) && text.isAuthorityLast ? text : nil
        }
    }
}

extension String {
    /// What stands between the commas, without spaces around it.
    package var entries: [String] {
        split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}

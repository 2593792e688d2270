extension DefinitionReader {
    package mutating func handler(_ value: LocatedValue) -> HandlerReference? {
        guard let members = members(of: value, named: "handler", known: ["http", "swift", "exec"]) else { return nil }
        let kinds = members.present
        guard let kind = kinds.first, kinds.count == 1 else {
            let found = kinds.isEmpty ? "handler names nothing to run" : "handler has \(kinds.joined(separator: " and "))"
            report(value.place, words: found, allowed: "a handler is exactly one of http, swift, exec")
            return nil
        }
        guard let inside = members[kind] else { return nil }
        switch kind {
        case "http": return httpCall(inside).map { .http($0) }
        case "exec": return command(inside).map { .exec(command: $0) }
        default: return name(inside, named: "swift").map { .swift($0) }
        }
    }

    private mutating func command(_ value: LocatedValue) -> [String]? {
        guard let members = members(of: value, named: "exec", known: ["command"]),
            let value = required("command", in: members),
            let elements = list(value, named: "command")
        else { return nil }
        let before = faults.count
        let words = elements.compactMap { element -> String? in
            guard let word = filledIn(element, named: "an argument of command") else { return nil }
            if word.utf8.contains(0) {
                report(element.place, words: "an argument with a NUL character", allowed: "programs cannot be given one")
            }
            return word
        }
        if elements.isEmpty || words.first == "" {
            report(value.place, words: "command names no program", allowed: "write a list: the program, then its arguments")
        }
        return faults.count == before ? words : nil
    }

    private static let methods = ["POST", "PUT", "PATCH", "DELETE", "GET"]

    private mutating func httpCall(_ value: LocatedValue) -> HandlerReference.HTTPCall? {
        guard let members = members(of: value, named: "http", known: ["url", "method", "headers"]) else { return nil }
        let before = faults.count
        var call = HandlerReference.HTTPCall(url: "")
        if let value = required("url", in: members), let url = filledIn(value, named: "url") {
            if let fault = URLRule.fault(of: url) {
                report(value.place, words: "url \(fault)", allowed: "write http:// or https://, a host, and a path")
            }
            call.url = url
        }
        if let value = members["method"], let method = text(value, named: "method") {
            if !DefinitionReader.methods.contains(method) {
                report(value.place, words: "method \"\(method)\"", allowed: "one of \(DefinitionReader.methods.joined(separator: ", "))")
            }
            call.method = method
        }
        if let value = members["headers"] { call.headers = headers(value) }
        return faults.count == before ? call : nil
    }

    private mutating func headers(_ value: LocatedValue) -> [String: String] {
        guard let members = members(of: value, named: "headers", known: nil) else { return [:] }
        var headers: [String: String] = [:]
        var seen: Set<String> = []
        for name in members.present {
            guard let member = members.member(name) else { continue }
            if let fault = HeaderRule.fault(ofName: name) {
                report(member.place, words: "header \"\(name)\" \(fault)", allowed: "choose another name")
            } else if !seen.insert(name.lowercased()).inserted {
                report(member.place, words: "header \"\(name)\" occurs twice", allowed: "names are compared without regard to case")
            }
            guard let text = filledIn(member.value, named: "header \"\(name)\"") else { continue }
            if !HeaderRule.isValue(text) {
                report(member.value.place, words: "header \"\(name)\" holds a control character or outer space", allowed: "printable text")
            }
            headers[name] = text
        }
        return headers
    }
}

/// What an HTTP handler's URL must look like (RFC 3986, the part of it that HTTP uses).
enum URLRule {
    /// What is wrong with `url`, without repeating it; nil if nothing is.
    static func fault(of url: String) -> String? {
        let scheme = ["http://", "https://"].first { url.lowercased().hasPrefix($0) }
        guard let scheme else { return "is not an absolute http or https URL" }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !forbidden.contains($0) }) else {
            return "holds a character that must be percent-encoded"
        }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if authority.contains("@") { return "holds a user or password, which belong into a header" }
        if rest.contains("#") { return "has a fragment, which is never sent" }
        let colon = authority.lastIndex(of: ":").flatMap { authority[$0...].contains("]") ? nil : $0 }
        let host = colon.map { authority[..<$0] } ?? authority
        if host.isEmpty { return "has no host" }
        if host.contains(":"), !(host.hasPrefix("[") && host.hasSuffix("]")) { return "has a host that is neither a name nor an address" }
        if let colon {
            let port = authority[authority.index(after: colon)...]
            guard let number = Int(port), (1...65535).contains(number) else { return "has a port that is not 1 to 65535" }
        }
        return nil
    }

    private static let forbidden = Set("\"<>\\^`{|}".utf8)
}

/// What header fields must look like (RFC 9110 §5).
private enum HeaderRule {
    /// What is wrong with `name`; nil if nothing is.
    static func fault(ofName name: String) -> String? {
        guard !name.isEmpty, name.utf8.allSatisfy(isToken) else { return "is not a token" }
        return framing.contains(name.lowercased()) ? "belongs to the connection and is set by the client" : nil
    }

    static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } && text.utf8.first != 0x20 && text.utf8.last != 0x20
    }

    private static let framing: Set = [
        "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

import Stepstream

/// An event as prelude.lua writes it: `{"sequence":3,"time":1767323045678,"type":"step.succeeded","data":{…}}`.
enum EventLine {
    /// The events of one message, a line each; nil if one is none.
    static func events(in lines: String) -> [Event]? {
        var events: [Event] = []
        for line in lines.split(separator: "\n") {
            guard let event = decode(String(line)) else { return nil }
            events.append(event)
        }
        return events
    }

    /// The event in `line`; nil if it is not such a line. The members stand in this order because one script writes them all.
    static func decode(_ line: String) -> Event? {
        var rest = line[...]
        guard rest.take("{\"sequence\":"), let sequence = rest.takeNumber(), rest.take(",\"time\":"), let time = rest.takeNumber(),
            rest.take(",\"type\":\""), let quote = rest.firstIndex(of: "\""), let kind = Event.Kind(rawValue: String(rest[..<quote]))
        else { return nil }
        rest = rest[quote...]
        guard rest.take("\",\"data\":"), rest.hasSuffix("}") else { return nil }
        return Event(
            sequence: Int(sequence),
            time: Milliseconds(time),
            kind: kind,
            data: JSONText(trusted: String(rest.dropLast()))
        )
    }
}

extension Substring {
    fileprivate mutating func take(_ prefix: String) -> Bool {
        guard hasPrefix(prefix) else { return false }
        removeFirst(prefix.count)
        return true
    }

    fileprivate mutating func takeNumber() -> Int64? {
        let digits = prefix { $0.isASCII && $0.isNumber }
        removeFirst(digits.count)
        return Int64(digits)
    }
}

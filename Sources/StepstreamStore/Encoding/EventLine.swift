import Stepstream

/// An event as prelude.lua writes it: `<time> <kind>`, and behind a space its data if there are any. Where it does not stand in a field that
/// is called after its number, that stands first: `3 1767323045678 step.succeeded {"step":"charge","attempt":1}`.
enum EventLine {
    /// All of a draft but number and time.
    static func encode(_ draft: EventDraft) -> String {
        draft.data == .emptyObject ? draft.kind.rawValue : draft.kind.rawValue + " " + draft.data.text
    }

    /// The events of one message, a line each; nil if one is none.
    static func events(in lines: String) -> [Event]? {
        var events: [Event] = []
        for line in lines.split(separator: "\n") {
            guard let event = decode(String(line)) else { return nil }
            events.append(event)
        }
        return events
    }

    /// The event in a line with its number; nil if it is not such a line.
    static func decode(_ line: String) -> Event? {
        if line.hasPrefix("{") { return decodeObject(line) }
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let sequence = Int(parts[0]) else { return nil }
        return decode(parts[1], sequence: sequence)
    }

    /// The event number `sequence`, in a line without it; nil if it is not such a line.
    static func decode(_ line: some StringProtocol, sequence: Int) -> Event? {
        if line.hasPrefix("{") { return decodeObject(String(line)) }
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, let time = Int64(parts[0]), let kind = Event.Kind(rawValue: String(parts[1])) else { return nil }
        let data = parts.count == 3 ? JSONText(trusted: String(parts[2])) : .emptyObject
        return Event(sequence: sequence, time: Milliseconds(time), kind: kind, data: data)
    }

    /// When the event in a line without its number was; nil if it is not such a line.
    static func time(of line: String) -> Milliseconds? {
        // One of the former lines, a JSON object, has it behind its second colon.
        let isObject = line.utf8.first == UInt8(ascii: "{")
        let text = isObject ? line.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 2).last ?? line.utf8[...] : line.utf8[...]
        let digits = text.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ",") }
        return Int64(Substring(digits)).map { Milliseconds($0) }
    }

    /// As lines were before docs/decisions/0012: `{"sequence":3,"time":1767323045678,"type":"step.succeeded","data":{…}}`.
    private static func decodeObject(_ line: String) -> Event? {
        do throws(JSONFault) {
            let node = try JSONNode.parse(line)
            guard let sequence = node.member("sequence")?.int64, let time = node.member("time")?.int64,
                let kind = node.member("type")?.string.flatMap(Event.Kind.init(rawValue:)), let data = node.member("data")?.json
            else { return nil }
            return Event(sequence: Int(sequence), time: Milliseconds(time), kind: kind, data: data)
        } catch {
            return nil
        }
    }
}

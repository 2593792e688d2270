import Stepstream

/// The member `callback` of a submission: `{"url", "events"?}`.
struct CallbackRequest {
    private static let members = ["url", "events"]

    /// Reads `node`; its faults go into `faults`.
    static func read(_ node: JSONNode?, rules: CallbackRules?, into faults: inout [RequestProblem.Fault]) -> Callback? {
        guard let node else { return nil }
        guard let rules else {
            let words = "This service has no secret to sign callbacks with (webhooks.secret). Nothing was accepted; leave out callback."
            faults.append(.init(pointer: "/callback", detail: words))
            return nil
        }
        guard node.kind == .object else {
            faults.append(.init(pointer: "/callback", detail: "An object with \"url\" is expected."))
            return nil
        }
        for member in node.members where !members.contains(member.key) {
            let pointer = "\(JSONPointer(tokens: ["callback", member.key]))"
            faults.append(.init(pointer: pointer, detail: "Unknown member. Known are \(members.joined(separator: ", "))."))
        }
        let events = events(of: node, into: &faults)
        guard let url = url(of: node, rules: rules, into: &faults) else { return nil }
        return Callback(url: url, events: events)
    }

    private static func url(of node: JSONNode, rules: CallbackRules, into faults: inout [RequestProblem.Fault]) -> WebhookURL? {
        do throws(WebhookURL.Fault) {
            let url = try WebhookURL(node.member("url")?.string ?? "")
            guard let words = rules.refusal(of: url) else { return url }
            faults.append(.init(pointer: "/callback/url", detail: words))
        } catch {
            faults.append(.init(pointer: "/callback/url", detail: error.words))
        }
        return nil
    }

    private static func events(of node: JSONNode, into faults: inout [RequestProblem.Fault]) -> [Event.Kind] {
        guard let member = node.member("events") else { return Event.Kind.terminal }
        let known = Event.Kind.allCases.map { "stepstream." + $0.rawValue }.joined(separator: ", ")
        guard !member.elements.isEmpty else {
            faults.append(.init(pointer: "/callback/events", detail: "A list with at least one of these is expected: \(known)."))
            return []
        }
        var kinds: [Event.Kind] = []
        for (index, element) in member.elements.enumerated() {
            if let kind = element.string.flatMap(Event.Kind.init(wire:)) {
                if !kinds.contains(kind) { kinds.append(kind) }
            } else {
                faults.append(.init(pointer: "/callback/events/\(index)", detail: "One of these is expected: \(known)."))
            }
        }
        return kinds
    }
}

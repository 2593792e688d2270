import StepstreamJSON

/// The members of a map, by key.
struct LocatedMembers {
    /// What the map is, for people.
    let what: String
    let place: Place
    private(set) var present: [String] = []
    private var byKey: [String: LocatedValue.Member] = [:]
    /// Keys without a value, which have been reported and count as present.
    private(set) var empty: Set<String> = []

    init(what: String, place: Place) {
        self.what = what
        self.place = place
    }

    subscript(key: String) -> LocatedValue? { byKey[key]?.value }
    func member(_ key: String) -> LocatedValue.Member? { byKey[key] }

    mutating func add(_ member: LocatedValue.Member) {
        present.append(member.key)
        byKey[member.key] = member
    }

    mutating func addEmpty(_ key: String) {
        present.append(key)
        empty.insert(key)
    }
}

extension DefinitionReader {
    /// The members of a map, of which all must be `known`, if that is given.
    mutating func members(of value: LocatedValue, named what: String, known: [String]?) -> LocatedMembers? {
        guard case .map(let written) = value.content else {
            report(
                value.place,
                words: "\(what) is \(value.kind)",
                allowed: "it is a map" + (known.map { " of \($0.joined(separator: ", "))" } ?? "")
            )
            return nil
        }
        var members = LocatedMembers(what: what, place: value.place)
        for member in written {
            if let known, !known.contains(member.key) {
                let guess = NearestName.of(member.key, in: known).map { "did you mean \($0)? " } ?? ""
                report(
                    member.place,
                    words: "\(what) has an unknown key \"\(member.key)\"",
                    allowed: "\(guess)known are \(known.joined(separator: ", "))"
                )
            } else if case .null = member.value.content, member.key != "inputSchema" {
                report(
                    member.value.place,
                    words: "\(member.key) has no value",
                    allowed: "give it one, or leave the key out to have the default"
                )
                members.addEmpty(member.key)
            } else {
                members.add(member)
            }
        }
        return members
    }

    /// The member `key`; a fault when it is missing.
    mutating func required(_ key: String, in members: LocatedMembers) -> LocatedValue? {
        guard let value = members[key] else {
            if members.empty.contains(key) { return nil }
            report(members.place, words: "\(members.what) without \(key)", allowed: "\(key) is required")
            return nil
        }
        return value
    }

    package mutating func list(_ value: LocatedValue, named what: String) -> [LocatedValue]? {
        guard case .list(let elements) = value.content else { return wrong(value, named: what, rule: "a list") }
        return elements
    }

    package mutating func text(_ value: LocatedValue, named what: String) -> String? {
        guard case .text(let text) = value.content else { return wrong(value, named: what, rule: "text") }
        return text
    }

    package mutating func name(_ value: LocatedValue, named what: String) -> Name? {
        guard let text = value.literal else { return wrong(value, named: what, rule: "a name of \(Name.rule)") }
        guard let name = Name(text) else {
            report(value.place, words: "\(what) \"\(text)\" is not a name", allowed: "a name is \(Name.rule)")
            return nil
        }
        return name
    }

    package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ value: LocatedValue,
        _ what: String,
        _: Choice.Type
    ) -> Choice? {
        let all = Choice.allCases.map(\.rawValue)
        guard let text = value.literal else { return wrong(value, named: what, rule: "one of \(all.joined(separator: ", "))") }
        guard let choice = Choice(rawValue: text) else {
            let guess = NearestName.of(text, in: all).map { "did you mean \($0)? " } ?? ""
            report(value.place, words: "\(what) is \"\(text)\"", allowed: "\(guess)it is one of \(all.joined(separator: ", "))")
            return nil
        }
        return choice
    }

    package mutating func integer(_ value: LocatedValue, named what: String, in range: ClosedRange<Int>) -> Int? {
        let rule = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .number(let text) = value.content else { return wrong(value, named: what, rule: rule) }
        guard let number = JSONNumber(text).int64.flatMap({ Int(exactly: $0) }), range.contains(number) else {
            report(value.place, words: "\(what) is \(text)", allowed: "it is \(rule)")
            return nil
        }
        return number
    }

    package mutating func number(_ value: LocatedValue, named what: String, in range: ClosedRange<Double>) -> Double? {
        let rule = "a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
        guard case .number(let text) = value.content else { return wrong(value, named: what, rule: rule) }
        guard let number = Double(text), range.contains(number) else {
            report(value.place, words: "\(what) is \(text)", allowed: "it is \(rule)")
            return nil
        }
        return number
    }

    package mutating func duration(_ value: LocatedValue, named what: String, in range: ClosedRange<Milliseconds>) -> Milliseconds? {
        let duration: Milliseconds
        switch (form, value.content) {
        case (.canonical, .number(let text)):
            guard let count = JSONNumber(text).int64 else { return wrong(value, named: what, rule: "a whole number of milliseconds") }
            duration = Milliseconds(count)
        case (.file, .text(let text)):
            guard let read = Milliseconds(words: text) else {
                report(value.place, words: "\(what) \"\(text)\" is not a time", allowed: Milliseconds.rule)
                return nil
            }
            duration = read
        case (.file, .number(let text)):
            report(value.place, words: "\(what) \(text) has no unit", allowed: Milliseconds.rule)
            return nil
        case (.canonical, _): return wrong(value, named: what, rule: "a whole number of milliseconds")
        case (.file, _): return wrong(value, named: what, rule: "a time such as 250ms or 5s")
        }
        guard range.contains(duration) else {
            report(
                value.place,
                words: "\(what) is \(duration.words)",
                allowed: "it is from \(range.lowerBound.words) to \(range.upperBound.words)"
            )
            return nil
        }
        return duration
    }

    /// A text in which variables of the environment are filled in, if this is a file.
    package mutating func filledIn(_ value: LocatedValue, named what: String) -> String? {
        guard let text = value.literal else { return wrong(value, named: what, rule: "text") }
        guard case .file(let environment) = form else { return text }
        switch Substitution.fill(text, from: environment) {
        case .success(let filled): return filled
        case .failure(let fault):
            report(value.place, words: "\(what) \(fault.words)", allowed: fault.allowed)
            return nil
        }
    }

    /// Reports a value of the wrong kind.
    private mutating func wrong<Value>(_ value: LocatedValue, named what: String, rule: String) -> Value? {
        report(value.place, words: "\(what) is \(value.kind)", allowed: "it is \(rule)")
        return nil
    }
}

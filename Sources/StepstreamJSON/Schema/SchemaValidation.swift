/// One pass over one value; it stops when `limit` violations have been found.
struct SchemaValidation {
    let rules: [JSONSchema.Rules]
    let limit: Int
    private(set) var violations: [JSONSchema.Violation] = []
    private var path: [String] = []

    init(rules: [JSONSchema.Rules], limit: Int) {
        self.rules = rules
        self.limit = limit
    }

    private var isFull: Bool { violations.count >= limit }

    private mutating func report(_ detail: String) {
        guard !isFull else { return }
        violations.append(JSONSchema.Violation(pointer: JSONPointer(tokens: path), detail: detail))
    }

    mutating func check(_ value: JSONNode, by index: Int) {
        guard !isFull else { return }
        let rules = rules[index]
        if rules.verdict == false { return report("is not allowed here") }
        if !rules.types.isEmpty, !rules.types.contains(where: { $0.allows(value) }) {
            // What else the schema says is about the types it wants.
            return report("is \(value.kind.words); must be \(rules.types.map(\.rawValue).joined(separator: " or "))")
        }
        if let constant = rules.constant, !value.isSame(as: constant) { report("is not the one value that is allowed") }
        if let allowed = rules.enumeration, !allowed.contains(where: { value.isSame(as: $0) }) {
            report("is none of the \(allowed.count) values that are allowed")
        }
        switch value.kind {
        case .number: checkNumber(JSONNumber(value.json.text), by: rules)
        case .string: checkString(value, by: rules)
        case .array: checkArray(value, by: rules)
        case .object: checkObject(value, by: rules)
        case .null, .bool: break
        }
        checkCombinations(value, by: rules)
    }

    private mutating func checkNumber(_ number: JSONNumber, by rules: JSONSchema.Rules) {
        if let minimum = rules.minimum, number < minimum { report("is less than \(minimum)") }
        if let maximum = rules.maximum, number > maximum { report("is more than \(maximum)") }
        if let minimum = rules.exclusiveMinimum, number <= minimum { report("must be more than \(minimum)") }
        if let maximum = rules.exclusiveMaximum, number >= maximum { report("must be less than \(maximum)") }
        if let divisor = rules.multipleOf, !number.isMultiple(of: divisor) { report("is not a multiple of \(divisor)") }
    }

    private mutating func checkString(_ value: JSONNode, by rules: JSONSchema.Rules) {
        guard rules.minLength != nil || rules.maxLength != nil || rules.pattern != nil || rules.format != nil,
            let string = value.string
        else { return }
        if rules.minLength != nil || rules.maxLength != nil {
            let length = string.unicodeScalars.count
            if let minimum = rules.minLength, length < minimum { report("has \(length) characters; needs at least \(minimum)") }
            if let maximum = rules.maxLength, length > maximum {
                // No pattern is tried on what is too long anyway.
                return report("has \(length) characters; at most \(maximum) are allowed")
            }
        }
        if let pattern = rules.pattern, !pattern.matches(string) { report("does not match the pattern \(pattern.text)") }
        if let format = rules.format, !format.allows(string) { report("is not \(format.words)") }
    }

    private mutating func checkArray(_ array: JSONNode, by rules: JSONSchema.Rules) {
        if let minimum = rules.minItems, array.count < minimum { report("has \(array.count) elements; needs at least \(minimum)") }
        if let maximum = rules.maxItems, array.count > maximum { report("has \(array.count) elements; at most \(maximum) are allowed") }
        if rules.uniqueItems, let (first, second) = JSONNode.repeated(in: array.elements) {
            report("elements \(first) and \(second) are the same; each may occur once")
        }
        guard let items = rules.items else { return }
        for (number, element) in array.elements.enumerated() {
            if isFull { return }
            inside(String(number)) { $0.check(element, by: items) }
        }
    }

    private mutating func checkObject(_ object: JSONNode, by rules: JSONSchema.Rules) {
        if let minimum = rules.minProperties, object.count < minimum { report("has \(object.count) members; needs at least \(minimum)") }
        if let maximum = rules.maxProperties, object.count > maximum {
            report("has \(object.count) members; at most \(maximum) are allowed")
        }
        guard !rules.members.isEmpty || rules.additionalProperties != nil else { return }
        var missing = rules.required.map { Optional($0) }
        for member in object.members {
            if isFull { return }
            let rule = rules.members[member.key]
            if let position = rule?.required { missing[position] = nil }
            guard let schema = rule?.schema ?? rules.additionalProperties else { continue }
            inside(member.key) { $0.check(member.value, by: schema) }
        }
        for name in missing.compactMap({ $0 }) { inside(name) { $0.report("is required") } }
    }

    private mutating func inside(_ token: String, do body: (inout SchemaValidation) -> Void) {
        path.append(token)
        body(&self)
        path.removeLast()
    }

    private mutating func checkCombinations(_ value: JSONNode, by rules: JSONSchema.Rules) {
        if let reference = rules.reference { check(value, by: reference) }
        for schema in rules.allOf { check(value, by: schema) }
        if let not = rules.not, violations(of: value, by: not).isEmpty { report("is what the schema under \"not\" describes") }
        if !rules.anyOf.isEmpty { checkAlternatives(value, schemas: rules.anyOf, onlyOne: false) }
        if !rules.oneOf.isEmpty { checkAlternatives(value, schemas: rules.oneOf, onlyOne: true) }
    }

    private mutating func checkAlternatives(_ value: JSONNode, schemas: [Int], onlyOne: Bool) {
        var matches = 0
        var nearest: [JSONSchema.Violation]?
        for schema in schemas {
            let found = violations(of: value, by: schema)
            if found.isEmpty { matches += 1 }
            if matches > 0, !onlyOne { return }
            if found.count < nearest?.count ?? Int.max { nearest = found }
        }
        if matches == 0 {
            let place = nearest?.first.map { $0.pointer.tokens.count > path.count ? "\($0.pointer) " : "it " } ?? ""
            let hint = nearest?.first.map { "; to match the nearest: \(place)\($0.detail)" } ?? ""
            report("matches none of \(schemas.count) alternatives\(hint)")
        } else if onlyOne, matches > 1 {
            report("matches \(matches) of \(schemas.count) alternatives; must match exactly one")
        }
    }

    /// What `schema` alone has against `value`; a few are enough to choose the nearest alternative by.
    private func violations(of value: JSONNode, by schema: Int) -> [JSONSchema.Violation] {
        var validation = SchemaValidation(rules: rules, limit: 5)
        validation.path = path
        validation.check(value, by: schema)
        return validation.violations
    }
}

extension JSONNode {
    /// The first two elements that are the same value.
    package static func repeated(in elements: [JSONNode]) -> (Int, Int)? {
        var buckets: [Int: [Int]] = [:]
        for (number, element) in elements.enumerated() {
            var hasher = Hasher()
            element.hash(into: &hasher)
            let hash = hasher.finalize()
            for earlier in buckets[hash, default: []] where elements[earlier].isSame(as: element) { return (earlier, number) }
            buckets[hash, default: []].append(number)
        }
        return nil
    }

    /// Equal for all that `isSame(as:)` takes for the same.
    private func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        switch value {
        case .null: break
        case .bool(let bool): hasher.combine(bool)
        case .number(let text): hasher.combine(JSONNumber(text))
        case .string(let string): hasher.combine(string)
        case .array(let elements):
            hasher.combine(elements.count)
            for element in elements { element.hash(into: &hasher) }
        case .object(let members):
            var all = 0
            for member in members {
                var one = Hasher()
                one.combine(member.key)
                member.value.hash(into: &one)
                all ^= one.finalize()
            }
            hasher.combine(all)
        }
    }
}

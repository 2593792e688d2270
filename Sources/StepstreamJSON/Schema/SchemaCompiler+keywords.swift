/// The keywords of the subset (JSON Schema 2020-12, Core and Validation).
enum Keyword: String, CaseIterable {
    case type, properties, required, additionalProperties, items
    case enumeration = "enum"
    case const, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, minLength, maxLength, pattern, format
    case minItems, maxItems, uniqueItems, minProperties, maxProperties, allOf, anyOf, oneOf, not
    case ref = "$ref"
    case defs = "$defs"
    case schema = "$schema"
    case comment = "$comment"
    case title, description
    case defaultValue = "default"
    case examples
}

extension SchemaCompiler {
    mutating func read(
        _ keyword: Keyword,
        node: JSONNode,
        at pointer: JSONPointer,
        from index: Int,
        into rules: inout JSONSchema.Rules
    ) {
        switch keyword {
        case .type: rules.types = types(node, at: pointer)
        case .enumeration: rules.enumeration = array(node, for: keyword, at: pointer)
        case .const: rules.constant = node
        case .minimum: rules.minimum = number(node, for: keyword, at: pointer)
        case .maximum: rules.maximum = number(node, for: keyword, at: pointer)
        case .exclusiveMinimum: rules.exclusiveMinimum = number(node, for: keyword, at: pointer)
        case .exclusiveMaximum: rules.exclusiveMaximum = number(node, for: keyword, at: pointer)
        case .multipleOf: rules.multipleOf = divisor(node, at: pointer)
        case .minLength: rules.minLength = count(node, for: keyword, at: pointer)
        case .maxLength: rules.maxLength = count(node, for: keyword, at: pointer)
        case .minItems: rules.minItems = count(node, for: keyword, at: pointer)
        case .maxItems: rules.maxItems = count(node, for: keyword, at: pointer)
        case .minProperties: rules.minProperties = count(node, for: keyword, at: pointer)
        case .maxProperties: rules.maxProperties = count(node, for: keyword, at: pointer)
        case .pattern: rules.pattern = pattern(node, at: pointer)
        case .format: rules.format = format(node, at: pointer)
        case .properties:
            for (name, schema) in schemas(node, for: keyword, at: pointer) { rules.members[name, default: .init()].schema = schema }
        case .required: require(node, at: pointer, into: &rules)
        case .additionalProperties: rules.additionalProperties = schema(node, at: pointer)
        case .items: rules.items = schema(node, at: pointer)
        case .uniqueItems:
            if let isUnique = node.bool {
                rules.uniqueItems = isUnique
            } else {
                wrong(node, for: keyword, at: pointer, rule: "true or false")
            }
        case .allOf: rules.allOf = alternatives(node, for: keyword, at: pointer)
        case .anyOf: rules.anyOf = alternatives(node, for: keyword, at: pointer)
        case .oneOf: rules.oneOf = alternatives(node, for: keyword, at: pointer)
        case .not: rules.not = schema(node, at: pointer)
        case .ref: refer(to: node, at: pointer, from: index)
        case .defs: _ = schemas(node, for: keyword, at: pointer)
        case .schema, .comment, .title, .description:
            if node.kind != .string { wrong(node, for: keyword, at: pointer, rule: "text") }
        case .defaultValue: break
        case .examples: _ = array(node, for: keyword, at: pointer, mayBeEmpty: true)
        }
    }

    private mutating func wrong(_ node: JSONNode, for keyword: Keyword, at pointer: JSONPointer, rule: String) {
        report(pointer, words: "\(keyword.rawValue) is \(node.kind.words)", allowed: "it is \(rule)")
    }

    private mutating func types(_ node: JSONNode, at pointer: JSONPointer) -> [SchemaType] {
        let written = node.kind == .array ? node.elements : [node]
        let all = SchemaType.allCases.map(\.rawValue)
        if written.isEmpty { report(pointer, words: "type is empty", allowed: "name at least one of \(all.joined(separator: ", "))") }
        var types: [SchemaType] = []
        for (position, element) in written.enumerated() {
            let place = node.kind == .array ? pointer.appending(position) : pointer
            guard let text = element.string, let type = SchemaType(rawValue: text) else {
                let found = element.string.map { "\"\($0)\"" } ?? element.kind.words
                let guess = element.string.flatMap { NearestName.of($0, in: all) }.map { "did you mean \($0)? " } ?? ""
                report(place, words: "type is \(found)", allowed: "\(guess)it is one or a list of \(all.joined(separator: ", "))")
                continue
            }
            types.append(type)
        }
        return types
    }

    private mutating func number(_ node: JSONNode, for keyword: Keyword, at pointer: JSONPointer) -> JSONNumber? {
        guard node.kind == .number else {
            wrong(node, for: keyword, at: pointer, rule: "a number")
            return nil
        }
        return JSONNumber(node.json.text)
    }

    private mutating func divisor(_ node: JSONNode, at pointer: JSONPointer) -> JSONNumber? {
        guard let number = number(node, for: .multipleOf, at: pointer) else { return nil }
        guard number > JSONNumber("0"), number.digits.count <= JSONNumber.maximumDivisorDigits else {
            report(
                pointer,
                words: "multipleOf is \(node.json)",
                allowed: "it is above 0 and has at most \(JSONNumber.maximumDivisorDigits) digits"
            )
            return nil
        }
        return number
    }

    private mutating func count(_ node: JSONNode, for keyword: Keyword, at pointer: JSONPointer) -> Int? {
        guard let count = node.int64, count >= 0 else {
            let found = node.kind == .number ? node.json.text : node.kind.words
            report(pointer, words: "\(keyword.rawValue) is \(found)", allowed: "it is a whole number, 0 or more")
            return nil
        }
        return Int(count)
    }

    private mutating func pattern(_ node: JSONNode, at pointer: JSONPointer) -> Pattern? {
        guard let text = node.string else {
            wrong(node, for: .pattern, at: pointer, rule: "text")
            return nil
        }
        do {
            return try Pattern(text)
        } catch {
            report(pointer, words: "pattern: \(error.words) at character \(error.offset + 1)", allowed: error.allowed)
            return nil
        }
    }

    private mutating func format(_ node: JSONNode, at pointer: JSONPointer) -> SchemaFormat? {
        let all = SchemaFormat.allCases.map(\.rawValue)
        guard let text = node.string, let format = SchemaFormat(rawValue: text) else {
            let found = node.string.map { "\"\($0)\"" } ?? node.kind.words
            report(pointer, words: "format is \(found)", allowed: "it is one of \(all.joined(separator: ", "))")
            return nil
        }
        return format
    }

    private mutating func array(_ node: JSONNode, for keyword: Keyword, at pointer: JSONPointer, mayBeEmpty: Bool = false) -> [JSONNode]? {
        guard node.kind == .array else {
            wrong(node, for: keyword, at: pointer, rule: "an array")
            return nil
        }
        if node.count == 0, !mayBeEmpty { report(pointer, words: "\(keyword.rawValue) is empty", allowed: "it has at least one element") }
        return node.elements
    }

    private mutating func alternatives(_ node: JSONNode, for keyword: Keyword, at pointer: JSONPointer) -> [Int] {
        let elements = array(node, for: keyword, at: pointer) ?? []
        return elements.enumerated().map { schema($0.element, at: pointer.appending($0.offset)) }
    }

    private mutating func schemas(_ node: JSONNode, for keyword: Keyword, at pointer: JSONPointer) -> [(String, Int)] {
        guard node.kind == .object else {
            wrong(node, for: keyword, at: pointer, rule: "an object of schemas")
            return []
        }
        return node.members.map { ($0.key, schema($0.value, at: pointer.appending($0.key))) }
    }

    private mutating func require(_ node: JSONNode, at pointer: JSONPointer, into rules: inout JSONSchema.Rules) {
        for (position, element) in (array(node, for: .required, at: pointer, mayBeEmpty: true) ?? []).enumerated() {
            let place = pointer.appending(position)
            guard let name = element.string else {
                report(place, words: "required names \(element.kind.words)", allowed: "it is an array of member names")
                continue
            }
            guard rules.members[name]?.required == nil else {
                report(place, words: "required names \"\(name)\" twice", allowed: "each name once")
                continue
            }
            rules.members[name, default: .init()].required = rules.required.count
            rules.required.append(name)
        }
    }
}

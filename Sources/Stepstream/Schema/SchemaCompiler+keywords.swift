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
        _ node: JSONNode,
        at pointer: JSONPointer,
        from index: Int,
        into rules: inout JSONSchema.Rules
    ) {
        switch keyword {
        case .type: rules.types = types(node, at: pointer)
        case .enumeration: rules.enumeration = array(node, keyword, at: pointer)
        case .const: rules.constant = node
        case .minimum: rules.minimum = number(node, keyword, at: pointer)
        case .maximum: rules.maximum = number(node, keyword, at: pointer)
        case .exclusiveMinimum: rules.exclusiveMinimum = number(node, keyword, at: pointer)
        case .exclusiveMaximum: rules.exclusiveMaximum = number(node, keyword, at: pointer)
        case .multipleOf: rules.multipleOf = divisor(node, at: pointer)
        case .minLength: rules.minLength = count(node, keyword, at: pointer)
        case .maxLength: rules.maxLength = count(node, keyword, at: pointer)
        case .minItems: rules.minItems = count(node, keyword, at: pointer)
        case .maxItems: rules.maxItems = count(node, keyword, at: pointer)
        case .minProperties: rules.minProperties = count(node, keyword, at: pointer)
        case .maxProperties: rules.maxProperties = count(node, keyword, at: pointer)
        case .pattern: rules.pattern = pattern(node, at: pointer)
        case .format: rules.format = format(node, at: pointer)
        case .properties:
            for (name, schema) in schemas(node, keyword, at: pointer) { rules.members[name, default: .init()].schema = schema }
        case .required: require(node, at: pointer, into: &rules)
        case .additionalProperties: rules.additionalProperties = schema(node, at: pointer)
        case .items: rules.items = schema(node, at: pointer)
        case .uniqueItems:
            if let isUnique = node.bool { rules.uniqueItems = isUnique } else { wrong(node, keyword, at: pointer, "true or false") }
        case .allOf: rules.allOf = alternatives(node, keyword, at: pointer)
        case .anyOf: rules.anyOf = alternatives(node, keyword, at: pointer)
        case .oneOf: rules.oneOf = alternatives(node, keyword, at: pointer)
        case .not: rules.not = schema(node, at: pointer)
        case .ref: refer(to: node, at: pointer, from: index)
        case .defs: _ = schemas(node, keyword, at: pointer)
        case .schema, .comment, .title, .description:
            if node.kind != .string { wrong(node, keyword, at: pointer, "text") }
        case .defaultValue: break
        case .examples: _ = array(node, keyword, at: pointer, mayBeEmpty: true)
        }
    }

    private mutating func wrong(_ node: JSONNode, _ keyword: Keyword, at pointer: JSONPointer, _ rule: String) {
        report(pointer, "\(keyword.rawValue) is \(node.kind.words)", "it is \(rule)")
    }

    private mutating func types(_ node: JSONNode, at pointer: JSONPointer) -> [SchemaType] {
        let written = node.kind == .array ? node.elements : [node]
        let all = SchemaType.allCases.map(\.rawValue)
        if written.isEmpty { report(pointer, "type is empty", "name at least one of \(all.joined(separator: ", "))") }
        var types: [SchemaType] = []
        for (position, element) in written.enumerated() {
            let place = node.kind == .array ? pointer.appending(position) : pointer
            guard let text = element.string, let type = SchemaType(rawValue: text) else {
                let found = element.string.map { "\"\($0)\"" } ?? element.kind.words
                let guess = element.string.flatMap { NearestName.of($0, in: all) }.map { "did you mean \($0)? " } ?? ""
                report(place, "type is \(found)", "\(guess)it is one or a list of \(all.joined(separator: ", "))")
                continue
            }
            types.append(type)
        }
        return types
    }

    private mutating func number(_ node: JSONNode, _ keyword: Keyword, at pointer: JSONPointer) -> JSONNumber? {
        guard node.kind == .number else {
            wrong(node, keyword, at: pointer, "a number")
            return nil
        }
        return JSONNumber(node.json.text)
    }

    private mutating func divisor(_ node: JSONNode, at pointer: JSONPointer) -> JSONNumber? {
        guard let number = number(node, .multipleOf, at: pointer) else { return nil }
        guard number > JSONNumber("0"), number.digits.count <= JSONNumber.maximumDivisorDigits else {
            report(pointer, "multipleOf is \(node.json)", "it is above 0 and has at most \(JSONNumber.maximumDivisorDigits) digits")
            return nil
        }
        return number
    }

    private mutating func count(_ node: JSONNode, _ keyword: Keyword, at pointer: JSONPointer) -> Int? {
        guard let count = node.int64, count >= 0 else {
            let found = node.kind == .number ? node.json.text : node.kind.words
            report(pointer, "\(keyword.rawValue) is \(found)", "it is a whole number, 0 or more")
            return nil
        }
        return Int(count)
    }

    private mutating func pattern(_ node: JSONNode, at pointer: JSONPointer) -> Pattern? {
        guard let text = node.string else {
            wrong(node, .pattern, at: pointer, "text")
            return nil
        }
        do {
            return try Pattern(text)
        } catch {
            report(pointer, "pattern: \(error.words) at character \(error.offset + 1)", error.allowed)
            return nil
        }
    }

    private mutating func format(_ node: JSONNode, at pointer: JSONPointer) -> SchemaFormat? {
        let all = SchemaFormat.allCases.map(\.rawValue)
        guard let text = node.string, let format = SchemaFormat(rawValue: text) else {
            let found = node.string.map { "\"\($0)\"" } ?? node.kind.words
            report(pointer, "format is \(found)", "it is one of \(all.joined(separator: ", "))")
            return nil
        }
        return format
    }

    private mutating func array(_ node: JSONNode, _ keyword: Keyword, at pointer: JSONPointer, mayBeEmpty: Bool = false) -> [JSONNode]? {
        guard node.kind == .array else {
            wrong(node, keyword, at: pointer, "an array")
            return nil
        }
        if node.count == 0, !mayBeEmpty { report(pointer, "\(keyword.rawValue) is empty", "it has at least one element") }
        return node.elements
    }

    private mutating func alternatives(_ node: JSONNode, _ keyword: Keyword, at pointer: JSONPointer) -> [Int] {
        let elements = array(node, keyword, at: pointer) ?? []
        return elements.enumerated().map { schema($0.element, at: pointer.appending($0.offset)) }
    }

    private mutating func schemas(_ node: JSONNode, _ keyword: Keyword, at pointer: JSONPointer) -> [(String, Int)] {
        guard node.kind == .object else {
            wrong(node, keyword, at: pointer, "an object of schemas")
            return []
        }
        return node.members.map { ($0.key, schema($0.value, at: pointer.appending($0.key))) }
    }

    private mutating func require(_ node: JSONNode, at pointer: JSONPointer, into rules: inout JSONSchema.Rules) {
        for (position, element) in (array(node, .required, at: pointer, mayBeEmpty: true) ?? []).enumerated() {
            let place = pointer.appending(position)
            guard let name = element.string else {
                report(place, "required names \(element.kind.words)", "it is an array of member names")
                continue
            }
            guard rules.members[name]?.required == nil else {
                report(place, "required names \"\(name)\" twice", "each name once")
                continue
            }
            rules.members[name, default: .init()].required = rules.required.count
            rules.required.append(name)
        }
    }
}

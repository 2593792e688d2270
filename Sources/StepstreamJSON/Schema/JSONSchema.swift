/// A compiled schema: the subset of JSON Schema 2020-12 that docs/definitions.md states.
///
/// Compiling finds every fault of the schema itself; what is not in the subset is a fault, never ignored. Validating does no compiling and
/// takes time in proportion to the value: patterns are matched by automata that cannot be made to backtrack.
public struct JSONSchema: Sendable {
    /// One rule that a value breaks.
    public struct Violation: Hashable, Sendable {
        /// The place in the value.
        public var pointer: JSONPointer
        /// What is wrong there; never a part of the value.
        public var detail: String
    }

    /// One thing that is wrong with a schema.
    package struct Fault: Error, Hashable, Sendable {
        /// The place in the schema.
        package var pointer: JSONPointer
        /// What is wrong.
        package var words: String
        /// What is allowed.
        package var allowed: String
    }

    /// All that is wrong with a schema.
    package struct Faults: Error, Hashable, Sendable {
        /// At least one, in the order of the text.
        package var faults: [Fault]
    }

    /// The most violations that are reported of one value.
    package static let maximumViolations = 50

    /// The schema and all schemas inside it; the first is the whole one.
    package let rules: [Rules]

    /// The nesting of schemas, and of what they stand in, that is read.
    package static let maximumDepth = 64

    /// Compiles the schema in `node`.
    package init(_ node: JSONNode) throws(Faults) {
        var compiler = SchemaCompiler()
        compiler.compile(node)
        guard compiler.faults.isEmpty else { throw Faults(faults: compiler.faults) }
        rules = compiler.rules
    }

    /// Parses and compiles the schema in `json`.
    package init(_ json: JSONText) throws(Faults) {
        let node: JSONNode
        do {
            node = try JSONNode.parse(json.text, maximumDepth: JSONSchema.maximumDepth)
        } catch {
            throw Faults(faults: [Fault(pointer: error.pointer, words: "not JSON: \(error.words)", allowed: "a schema is JSON")])
        }
        try self.init(node)
    }

    /// What is wrong with `value`, in the order of its text and at most 50 of it; none: it is valid.
    package func validate(_ value: JSONNode) -> [Violation] {
        var validation = SchemaValidation(rules: rules, limit: JSONSchema.maximumViolations)
        validation.check(value, by: 0)
        return validation.violations
    }
}

extension JSONSchema {
    /// What one schema demands. Other schemas are named by their index.
    package struct Rules: Sendable {
        /// The schema `true` or `false`.
        package var verdict: Bool?
        var types: [SchemaType] = []
        package var enumeration: [JSONNode]?
        package var constant: JSONNode?
        var minimum: JSONNumber?
        var maximum: JSONNumber?
        var exclusiveMinimum: JSONNumber?
        var exclusiveMaximum: JSONNumber?
        var multipleOf: JSONNumber?
        package var minLength: Int?
        package var maxLength: Int?
        var pattern: Pattern?
        var format: SchemaFormat?
        package var members: [String: MemberRule] = [:]
        package var required: [String] = []
        package var additionalProperties: Int?
        package var minProperties: Int?
        package var maxProperties: Int?
        package var items: Int?
        package var minItems: Int?
        package var maxItems: Int?
        package var uniqueItems = false
        package var reference: Int?
        package var allOf: [Int] = []
        package var anyOf: [Int] = []
        package var oneOf: [Int] = []
        package var not: Int?

        /// The schemas that apply to the very same value.
        package var inPlace: [Int] { allOf + anyOf + oneOf + [reference, not].compactMap { $0 } }
    }

    /// What is demanded of the member of one name, so that one look-up a member finds all of it.
    package struct MemberRule: Sendable {
        package var schema: Int?
        /// The position in `required`.
        package var required: Int?
    }
}

/// A type that a schema can demand.
enum SchemaType: String, CaseIterable, Sendable {
    case null, boolean, integer, number, string, array, object

    func allows(_ value: JSONNode) -> Bool {
        switch self {
        case .null: value.kind == .null
        case .boolean: value.kind == .bool
        case .integer: value.kind == .number && JSONNumber(value.json.text).isInteger
        case .number: value.kind == .number
        case .string: value.kind == .string
        case .array: value.kind == .array
        case .object: value.kind == .object
        }
    }
}

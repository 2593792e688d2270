package import StepstreamJSON

/// The definitions a process works with, by type; each with its version and compiled schema, worked out once.
public struct DefinitionCatalog: Sendable {
    /// A definition and what follows from it. A class, as every submission takes it along.
    package final class Entry: Sendable {
        /// The definition.
        package let definition: Definition
        /// Its version.
        package let version: DefinitionVersion
        /// Its canonical JSON, which the store keeps under the version.
        package let canonicalJSON: JSONText
        /// The compiled schema of the input; nil: any JSON value is taken.
        package let schema: JSONSchema?

        /// The entry of a definition that has been checked.
        fileprivate init(_ definition: Definition) {
            self.definition = definition
            canonicalJSON = definition.canonicalJSON
            version = DefinitionVersion(hashing: canonicalJSON)
            schema = definition.inputSchema.flatMap { JSONSchema(checked: $0) }
        }
    }

    private var entries: [Name: Entry] = [:]

    /// A catalog of nothing.
    public init() {}

    /// A catalog of definitions made in code, held to the rules that files are held to.
    ///
    /// - Throws: every fault of every definition.
    public init(_ definitions: [Definition]) throws(DefinitionFaults) {
        var faults: [DefinitionFault] = []
        for definition in definitions {
            let found = definition.faults
            faults += found
            guard found.isEmpty else { continue }
            if entries[definition.type] == nil {
                entries[definition.type] = Entry(definition)
            } else {
                faults.append(.repeatedType(definition.type, source: "\"\(definition.type)\"", place: nil, first: "this catalog"))
            }
        }
        guard faults.isEmpty else { throw DefinitionFaults(faults: faults) }
    }

    /// Adds a definition that has been checked.
    package mutating func insert(_ definition: Definition) {
        entries[definition.type] = Entry(definition)
    }

    /// What is known of operations of `type`.
    package subscript(type: Name) -> Entry? { entries[type] }

    /// The types, sorted.
    public var types: [Name] { entries.keys.sorted() }

    /// The definitions, sorted by type.
    public var definitions: [Definition] { types.compactMap { entries[$0]?.definition } }

    /// Both catalogs in one.
    ///
    /// - Throws: a fault for each type that both have, unless it is the very same definition.
    public func merging(_ other: DefinitionCatalog) throws(DefinitionFaults) -> DefinitionCatalog {
        var merged = self
        var faults: [DefinitionFault] = []
        for type in other.types {
            guard let theirs = other.entries[type] else { continue }
            if let ours = entries[type], ours.version != theirs.version {
                faults.append(.repeatedType(type, source: "\"\(type)\"", place: nil, first: "the other catalog, with other contents"))
            } else {
                merged.entries[type] = theirs
            }
        }
        guard faults.isEmpty else { throw DefinitionFaults(faults: faults) }
        return merged
    }
}

extension JSONSchema {
    /// Compiles a schema that has been compiled before, when its definition was checked.
    fileprivate init?(checked json: JSONText) {
        do {
            try self.init(json)
        } catch {
            preconditionFailure("a schema without faults has them now: \(error.faults)")
        }
    }
}

extension Definition {
    /// What is wrong with the definition, by the rules of the file format.
    public var faults: [DefinitionFault] {
        do {
            // A schema that is not JSON would spoil the whole text.
            if let inputSchema { _ = try JSONNode.parse(inputSchema.text, maximumDepth: LocatedValue.maximumDepth) }
        } catch {
            let words = "inputSchema is not JSON: line \(error.line), column \(error.column): \(error.words)"
            var rest = self
            rest.inputSchema = nil
            return [
                DefinitionFault(
                    source: "\"\(type)\"",
                    pointer: JSONPointer(tokens: ["inputSchema"]),
                    words: words,
                    allowed: "a schema is JSON"
                )
            ] + rest.faults
        }
        do throws(DefinitionFaults) {
            _ = try Definition(canonicalJSON: canonicalJSON)
            return []
        } catch {
            return error.faults
        }
    }
}

extension DefinitionFault {
    package static func repeatedType(_ type: Name, source: String, place: Place?, first: String) -> DefinitionFault {
        DefinitionFault(
            source: source,
            line: place?.line,
            column: place?.column,
            pointer: JSONPointer(tokens: ["type"]),
            words: "the type \(type) is already defined in \(first)",
            allowed: "each type has one definition"
        )
    }
}

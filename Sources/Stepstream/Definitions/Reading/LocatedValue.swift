import StepstreamJSON

/// Where a value stands in what somebody wrote.
package struct Place: Hashable {
    /// Known for files only.
    package var line: Int?
    package var column: Int?
    package var pointer: JSONPointer

    package init(line: Int? = nil, column: Int? = nil, pointer: JSONPointer) {
        self.line = line
        self.column = column
        self.pointer = pointer
    }
}

/// A value out of a YAML file or a JSON text, with its place: what the one reader of definitions reads, whatever the source.
package struct LocatedValue {
    package enum Content {
        case null
        case bool(Bool)
        /// A number as JSON would write it.
        case number(String)
        case text(String)
        case list([LocatedValue])
        case map([Member])
    }

    package struct Member {
        package var key: String
        /// The place of the key.
        package var place: Place
        package var value: LocatedValue

        package init(key: String, place: Place, value: LocatedValue) {
            self.key = key
            self.place = place
            self.value = value
        }
    }

    package var content: Content
    package var place: Place

    package init(content: Content, place: Place) {
        self.content = content
        self.place = place
    }

    /// The nesting that is read.
    package static let maximumDepth = JSONSchema.maximumDepth

    /// What this is, for people.
    package var kind: String {
        switch content {
        case .null: "nothing"
        case .bool: "true or false"
        case .number: "a number"
        case .text: "text"
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// A scalar as it was written; nil for everything else.
    package var literal: String? {
        switch content {
        case .text(let text), .number(let text): text
        case .bool(let bool): bool ? "true" : "false"
        case .null, .list, .map: nil
        }
    }

    /// The place of what `pointer` leads to inside this value, or of the nearest value on the way to it.
    package func place(at pointer: JSONPointer) -> Place {
        var value = self
        var place = self.place
        for token in pointer.tokens {
            switch value.content {
            case .map(let members):
                guard let member = members.first(where: { $0.key.utf8.elementsEqual(token.utf8) }) else { return place }
                (value, place) = (member.value, member.place)
            case .list(let elements):
                guard let number = Int(token), elements.indices.contains(number) else { return place }
                (value, place) = (elements[number], elements[number].place)
            case .null, .bool, .number, .text: return place
            }
        }
        return place
    }

    /// The value as JSON.
    package var json: JSONText {
        switch content {
        case .null: .null
        case .bool(let bool): JSONText(trusted: bool ? "true" : "false")
        case .number(let text): JSONText(trusted: text)
        case .text(let text): .string(text)
        case .list(let elements): .array(elements.map { .raw($0.json) })
        case .map(let members): .object(members.map { ($0.key, .raw($0.value.json)) })
        }
    }
}

extension LocatedValue {
    /// The value of `node`, each part with its pointer.
    package init(_ node: JSONNode, at pointer: JSONPointer = .root) {
        place = Place(pointer: pointer)
        content =
            switch node.value {
            case .null: .null
            case .bool(let bool): .bool(bool)
            case .number(let text): .number(text)
            case .string(let text): .text(text)
            case .array(let elements):
                .list(elements.enumerated().map { LocatedValue($0.element, at: pointer.appending($0.offset)) })
            case .object(let members):
                .map(
                    members.map {
                        let place = pointer.appending($0.key)
                        return Member(key: $0.key, place: Place(pointer: place), value: LocatedValue($0.value, at: place))
                    }
                )
            }
    }
}

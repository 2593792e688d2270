import Stepstream
import Yams
import StepstreamJSON

/// The documents of a YAML text as located values.
///
/// Scalars are read as YAML 1.2's JSON schema has it: unquoted `true`, `false`, `null`, `~`, nothing at all, and JSON numbers are what they
/// look like; everything else is text. So `no` and `on` stay text.
struct YAMLStream {
    /// Something that is not YAML, or not YAML that we take.
    struct Fault {
        var place: Place
        var words: String
        var allowed: String
    }

    private(set) var documents: [LocatedValue] = []
    private(set) var faults: [Fault] = []
    private var valuesLeft = YAMLStream.maximumValues

    /// The longest text that is read, in bytes of UTF-8.
    static let maximumLength = 1 << 20
    /// The most values, each use of an alias counted anew.
    static let maximumValues = 100_000

    init(_ text: String) {
        guard text.utf8.count <= YAMLStream.maximumLength else {
            faults.append(Fault(place: .start, words: "the file is longer than 1 MiB", allowed: "split it into several files"))
            return
        }
        var repeated = RepeatedKeys(text)
        let (roots, fault) = YAMLStream.roots(of: &repeated)
        if let fault { faults.append(fault) }
        for root in roots {
            let document = value(root, at: .root, depth: 0, repeated: repeated)
            if case .null = document.content { continue }
            documents.append(document)
        }
        if valuesLeft < 0 {
            faults.append(
                Fault(place: .start, words: "the file holds more than \(YAMLStream.maximumValues) values", allowed: "use fewer aliases")
            )
            documents = []
        } else if documents.isEmpty, faults.isEmpty {
            faults.append(Fault(place: .start, words: "the file holds no definition", allowed: "write one, or remove the file"))
        }
    }

    /// The documents up to where the parser gave up, and why it did.
    ///
    /// It gives up at a key that occurs twice; with that key renamed it goes on, and all other faults are found too.
    private static func roots(of repeated: inout RepeatedKeys) -> ([Node], Fault?) {
        while true {
            var sequence: YamlSequence<Node>
            do {
                sequence = try compose_all(yaml: repeated.text)
            } catch {
                return ([], fault(of: error))
            }
            let roots = Array(IteratorSequence(AnyIterator { sequence.next() }))
            guard let error = sequence.error else { return (roots, nil) }
            if case YamlError.duplicatedKeysInMapping(let names, let context) = error, repeated.rename(names, at: context.mark) { continue }
            return (roots, fault(of: error))
        }
    }

    private mutating func value(_ node: Node, at pointer: JSONPointer, depth: Int, repeated: RepeatedKeys) -> LocatedValue {
        let place = Place(line: node.mark?.line, column: node.mark?.column, pointer: pointer)
        valuesLeft -= 1
        guard valuesLeft >= 0 else { return LocatedValue(content: .null, place: place) }
        guard depth <= LocatedValue.maximumDepth else {
            let allowed = "at most \(LocatedValue.maximumDepth)"
            faults.append(Fault(place: place, words: "too many lists and maps inside each other", allowed: allowed))
            return LocatedValue(content: .null, place: place)
        }
        switch node {
        case .scalar(let scalar): return LocatedValue(content: YAMLStream.content(of: scalar), place: place)
        case .sequence(let sequence):
            let elements = sequence.enumerated().map {
                value($0.element, at: pointer.appending($0.offset), depth: depth + 1, repeated: repeated)
            }
            return LocatedValue(content: .list(elements), place: place)
        case .mapping(let mapping):
            let members = mapping.compactMap { member($0.key, node: $0.value, at: pointer, depth: depth, repeated: repeated) }
            return LocatedValue(content: .map(firstOfEachKey(members)), place: place)
        case .alias: return LocatedValue(content: .null, place: place)
        }
    }

    /// The members without those whose key came before, which are faults.
    private mutating func firstOfEachKey(_ members: [LocatedValue.Member]) -> [LocatedValue.Member] {
        var lines: [[UInt8]: Int] = [:]
        return members.filter { member in
            let key = Array(member.key.utf8)
            guard let first = lines[key] else {
                lines[key] = member.place.line ?? 1
                return true
            }
            let words = "the key \"\(member.key)\" occurs twice, first in line \(first)"
            faults.append(Fault(place: member.place, words: words, allowed: "each key at most once"))
            return false
        }
    }

    private mutating func member(
        _ key: Node,
        node: Node,
        at pointer: JSONPointer,
        depth: Int,
        repeated: RepeatedKeys
    ) -> LocatedValue.Member? {
        let place = Place(line: key.mark?.line, column: key.mark?.column, pointer: pointer)
        guard let scalar = key.scalar else {
            faults.append(Fault(place: place, words: "a key that is a list or a map", allowed: "keys are text"))
            return nil
        }
        let name = repeated.original(scalar.string)
        let inside = pointer.appending(name)
        return LocatedValue.Member(
            key: name,
            place: Place(line: place.line, column: place.column, pointer: inside),
            value: value(node, at: inside, depth: depth + 1, repeated: repeated)
        )
    }

    private static func content(of scalar: Node.Scalar) -> LocatedValue.Content {
        guard scalar.style == .plain else { return .text(scalar.string) }
        switch scalar.string {
        case "", "~", "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: break
        }
        do {
            let node = try JSONNode.parse(scalar.string)
            return node.kind == .number ? .number(scalar.string) : .text(scalar.string)
        } catch {
            return .text(scalar.string)
        }
    }

    private static func fault(of error: any Error) -> Fault {
        let allowed = "the file must be YAML"
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let words = context.map { "\(problem), \($0.text) in line \($0.mark.line)" } ?? problem
            return Fault(place: Place(line: mark.line, column: mark.column, pointer: .root), words: words, allowed: allowed)
        case .reader(let problem, let offset, _, let text): return Fault(place: .at(offset, in: text), words: problem, allowed: allowed)
        case .duplicatedKeysInMapping(let names, let context):
            let place = Place(line: context.mark.line, column: context.mark.column, pointer: .root)
            return Fault(place: place, words: "a key occurs twice: \(names.joined(separator: ", "))", allowed: "each key at most once")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, nil:
            return Fault(place: .start, words: "the file cannot be read: \(error)", allowed: allowed)
        }
    }
}

extension Place {
    static let start = Place(line: 1, column: 1, pointer: .root)

    /// The place of the character at `offset`.
    fileprivate static func at(_ offset: Int?, in text: String) -> Place {
        let before = text.prefix(offset ?? 0)
        let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return Place(line: lines.count, column: (lines.last?.unicodeScalars.count ?? 0) + 1, pointer: .root)
    }
}

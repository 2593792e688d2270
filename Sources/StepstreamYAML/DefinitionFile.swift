package import Stepstream
import StepstreamJSON

/// What a definition file turned out to hold.
package struct DefinitionFile: Sendable {
    /// The definitions without a fault, each with the place of its type.
    package private(set) var definitions: [Definition] = []
    /// Everything that is wrong, in the order of the text.
    package private(set) var faults: [DefinitionFault] = []
    /// Where the type of each definition is named.
    private(set) var places: [Place] = []
    let name: String

    /// Reads the YAML in `text`: one definition, or several as documents separated by `---`.
    ///
    /// - Parameters:
    ///   - name: what faults call the file.
    ///   - text: its contents.
    ///   - environment: the value of an environment variable, for `${NAME}` in URLs, header values and command arguments.
    /// - Returns: the definitions that have no fault, and the faults.
    package static func load(name: String, text: String, environment: (String) -> String?) -> DefinitionFile {
        var file = DefinitionFile(name: name)
        let stream = YAMLStream(text)
        for fault in stream.faults {
            file.faults.append(
                DefinitionFault(
                    source: name,
                    line: fault.place.line,
                    column: fault.place.column,
                    pointer: fault.place.pointer,
                    words: fault.words,
                    allowed: fault.allowed
                )
            )
        }
        withoutActuallyEscaping(environment) { environment in
            for document in stream.documents {
                var reader = DefinitionReader(source: name, form: .file(environment: environment))
                if let definition = reader.definition(document) {
                    file.definitions.append(definition)
                    file.places.append(document.place(at: JSONPointer(tokens: ["type"])))
                }
                file.faults += reader.faults
            }
        }
        file.faults.sort { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
        return file
    }

    private init(name: String) { self.name = name }
}

public import Stepstream

extension DefinitionCatalog {
    /// Reads `files`, and keeps the definitions that have no fault.
    ///
    /// - Parameters:
    ///   - files: names, as faults are to call them, and contents.
    ///   - environment: the value of an environment variable.
    /// - Returns: the catalog, and every fault of every file. Whoever starts a process refuses to start when there is one.
    public static func load(
        files: [(name: String, text: String)],
        environment: (String) -> String?
    ) -> (catalog: DefinitionCatalog, faults: [DefinitionFault]) {
        var catalog = DefinitionCatalog()
        var faults: [DefinitionFault] = []
        var origins: [Name: String] = [:]
        for (name, text) in files {
            let file = DefinitionFile.load(name: name, text: text, environment: environment)
            var found = file.faults
            for (definition, place) in zip(file.definitions, file.places) {
                if let first = origins[definition.type] {
                    found.append(.repeatedType(definition.type, source: name, place: place, first: first))
                } else {
                    origins[definition.type] = "\(name):\(place.line ?? 1)"
                    catalog.insert(definition)
                }
            }
            faults += found.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
        }
        return (catalog, faults)
    }
}

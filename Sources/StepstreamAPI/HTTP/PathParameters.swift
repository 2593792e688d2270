/// What a path has where its route leaves something open, as it was written.
package struct PathParameters: Sendable {
    private var values: [(name: String, value: String)] = []

    mutating func add(_ name: String, value: String) {
        values.append((name, value))
    }

    /// The part called `name`, if the route has one.
    package func get(_ name: String) -> String? {
        values.first { $0.name == name }?.value
    }
}

/// Metrics in the text format of Prometheus, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
package struct PrometheusText {
    /// What kind of metric it is.
    package enum Kind: String, Sendable {
        /// Grows until the process ends.
        case counter
        /// Goes up and down.
        case gauge
        /// Values, counted by upper bounds.
        case histogram
        case untyped
    }

    /// Names and values, in the order in which they are written.
    package typealias Labels = [(String, String)]

    /// What has been written.
    package private(set) var text = ""

    /// Nothing yet.
    package init() {}

    /// Adds a metric with a value for each of its labels; one without labels has an empty one. A metric without values is left out.
    package mutating func add(_ name: String, kind: Kind, help: String, values: [(labels: Labels, value: Double)]) {
        guard !values.isEmpty else { return }
        begin(name, kind: kind, help: help)
        for (labels, value) in values { add(name, labels: labels, value: value) }
    }

    /// Begins a metric; its values follow.
    package mutating func begin(_ name: String, kind: Kind, help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// Adds a value of the metric that was begun last.
    package mutating func add(_ name: String, labels: Labels = [], value: Double) {
        text += "\(name)\(Self.text(of: labels)) \(Self.text(of: value))\n"
    }

    private static func text(of labels: Labels) -> String {
        labels.isEmpty ? "" : "{" + labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",") + "}"
    }

    private static func text(of value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

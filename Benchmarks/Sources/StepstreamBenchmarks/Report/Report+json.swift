import FoundationEssentials

extension Report {
    private struct Document: Encodable {
        var cores: Int
        var processor: String
        var redis: String
        var rounds: Int
        var operations: Int
        var measures: [Measure]
    }

    private struct Measure: Encodable {
        var section: String
        var name: String
        var unit: String
        var median: Double
        var min: Double
        var max: Double
        var rounds: [Double]
    }

    /// The same for programs.
    func json(_ plan: Plan, _ machine: Machine) throws -> String {
        let measures = Figure.Section.allCases.flatMap(figures).map { figure in
            let values = values[figure] ?? []
            return Measure(
                section: figure.section.rawValue,
                name: figure.name,
                unit: figure.unit,
                median: values.median,
                min: values.min() ?? .nan,
                max: values.max() ?? .nan,
                rounds: values
            )
        }
        let document = Document(
            cores: machine.cores,
            processor: machine.processor,
            redis: machine.redis,
            rounds: plan.rounds,
            operations: plan.operations,
            measures: measures
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}

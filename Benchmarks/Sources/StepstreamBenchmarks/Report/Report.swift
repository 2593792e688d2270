/// What was measured, round by round.
struct Report: Sendable {
    private(set) var values: [Figure: [Double]] = [:]
    private var order: [Figure] = []

    mutating func add(_ value: Double, _ figure: Figure) {
        if values[figure] == nil { order.append(figure) }
        values[figure, default: []].append(value)
    }

    /// What one operation cost.
    mutating func add(cost span: Span, in section: Figure.Section) {
        add(span.each(\.cpu), .ourCPU(section))
        add(span.each(\.info.cpu), .redisCPU(section))
        add(span.microseconds(in: "evalsha"), .scripts(section))
        if section != .submit { add(span.microseconds(in: "xreadgroup"), .reads(section)) }
        add(span.each(\.commands), .commands(section))
        add(span.each(\.writes), .writes(section))
        add(span.each(\.sentBytes), .sent(section))
        add(span.each(\.receivedBytes), .received(section))
    }

    /// What was measured in `section`, in the order in which it was first.
    func figures(in section: Figure.Section) -> [Figure] {
        order.filter { $0.section == section }
    }

    /// The value of the last round.
    func last(_ figure: Figure) -> Double? { values[figure]?.last }
}

extension [Double] {
    /// The middle one; of an even number the mean of the two in the middle.
    var median: Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}

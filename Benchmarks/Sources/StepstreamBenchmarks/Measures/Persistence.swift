import Stepstream

/// The same with less and with more care for the disk than the everysec of all other measures.
struct Persistence: Sendable {
    let plan: Plan
    let workload: Workload

    func round(into report: inout Report) async throws {
        for (arguments, section) in [(["--appendonly", "no"], Figure.Section.memoryOnly), (["--appendfsync", "always"], .always)] {
            let (submitted, drained, _) = try await Stand.with(
                redis: arguments,
                Throughput(plan: plan, workload: workload).oneAfterTheOther
            )
            report.add(submitted.rate, Figure(section: section, name: "submitted", unit: "op/s"))
            report.add(drained.rate, Figure(section: section, name: "drained", unit: "op/s"))
            report.add(drained.each(\.info.cpu), .redisCPU(section))
        }
    }
}

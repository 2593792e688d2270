import Glibc

/// What it was measured on; no names.
struct Machine: Sendable {
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let redis: String

    static func look() async throws -> Machine {
        Machine(redis: try await Stand.with { try await $0.info().version })
    }
}

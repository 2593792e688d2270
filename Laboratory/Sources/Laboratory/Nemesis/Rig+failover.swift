import ChildProcesses
import Glibc

// What the nemesis does to a set of replicas.
extension Rig {
    private func replicaSet() throws -> ReplicaSet {
        guard let replicas else { throw LaboratoryError("This run has no replicas.") }
        return replicas
    }

    /// Kills the primary, waits for another, and brings the old one back as its replica.
    func killPrimary() async throws {
        let set = try replicaSet()
        let old = try await set.primary()
        try set.child(old).send(SIGKILL)
        await note("failover", "kill server-\(old)")
        _ = try await set.child(old).end(within: .seconds(5))
        let new = try await set.primary(otherThan: old)
        await faults.append("primary server-\(new)")
        try await set.startServer(old, replicaOf: new)
        try await set.waitForReplicas(of: new)
    }

    /// Stops the primary, and lets it go on once there is another: a primary that does not know that it is none.
    func pausePrimary() async throws {
        let set = try replicaSet()
        let old = try await set.primary()
        try set.child(old).send(SIGSTOP)
        await note("failover", "pause server-\(old)")
        let new: Int
        do {
            new = try await set.primary(otherThan: old)
        } catch {
            try set.child(old).send(SIGCONT)
            throw error
        }
        await faults.append("primary server-\(new)")
        try set.child(old).send(SIGCONT)
        try await set.waitForReplicas(of: new)
    }
}

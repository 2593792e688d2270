import ChildProcesses
import Glibc
import Stepstream
import Synchronization

/// Finds the addresses of hosts.
///
/// `getaddrinfo(3)` blocks, for many seconds where name servers do not answer. So each lookup has a thread of its own, all who ask for a host
/// at the same time share one, and nobody waits longer than for its own time limit: a host whose name leads nowhere delays no other.
final class HostResolver: Sendable {
    /// Why a host has no addresses.
    struct Failure: Error {
        let words: String
    }

    typealias Answer = Result<[IPAddress], Failure>

    /// So many lookups run at once.
    private static let most = 128

    private struct State {
        var lastNumber = 0
        /// Who waits for each host that is being looked up.
        var waiting: [String: [Int: CheckedContinuation<Answer, Never>]] = [:]
    }

    private let lookUp: @Sendable (String) -> Answer
    private let state = Mutex(State())

    /// A resolver; tests look up in their own way.
    init(lookUp: @escaping @Sendable (String) -> Answer = HostResolver.addresses) {
        self.lookUp = lookUp
    }

    /// All addresses of `host`.
    ///
    /// - Throws: `Failure`, also when they are not found until `end`.
    func addresses(of host: String, until end: ContinuousClock.Instant) async throws(Failure) -> [IPAddress] {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let answer = await withTaskGroup(of: Answer?.self) { group in
            group.addTask { await self.wait(for: host, as: number, until: end) }
            group.addTask {
                // Canceled when there is an answer.
                do { try await Task.sleep(until: end, clock: .continuous) } catch { return nil }
                self.giveUp(host, number: number)
                return nil
            }
            var answer: Answer?
            while answer == nil, let next = await group.next() { answer = next }
            group.cancelAll()
            return answer ?? Self.late
        }
        return try answer.get()
    }

    private static let late = Answer.failure(Failure(words: "The host's name could not be looked up in time."))

    private func wait(for host: String, as number: Int, until end: ContinuousClock.Instant) async -> Answer {
        await withCheckedContinuation { continuation in
            let (begins, refusal) = state.withLock { state -> (Bool, Answer?) in
                // Under the lock, so that whoever is registered is there for `giveUp`.
                guard ContinuousClock.now < end else { return (false, Self.late) }
                let begins = state.waiting[host] == nil
                if begins, state.waiting.count >= Self.most {
                    return (false, .failure(Failure(words: "Too many names are being looked up.")))
                }
                state.waiting[host, default: [:]][number] = continuation
                return (begins, nil)
            }
            if let refusal { return continuation.resume(returning: refusal) }
            guard begins else { return }
            do {
                try BlockingThread.start { self.finish(host, with: self.lookUp(host)) }
            } catch {
                finish(host, with: .failure(Failure(words: "The host's name could not be looked up.")))
            }
        }
    }

    private func giveUp(_ host: String, number: Int) {
        // The host stays in the table: its lookup goes on.
        let continuation = state.withLock { $0.waiting[host]?.removeValue(forKey: number) }
        continuation?.resume(returning: Self.late)
    }

    private func finish(_ host: String, with answer: Answer) {
        let waiting = state.withLock { $0.waiting.removeValue(forKey: host) }
        for continuation in (waiting ?? [:]).values { continuation.resume(returning: answer) }
    }

    /// What the system's resolver says. Blocks.
    static func addresses(of host: String) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { return .failure(Failure(words: "The host's name leads to no address.")) }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next {
            if let address = address(of: entry.pointee), !addresses.contains(address) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return .success(addresses)
    }

    private static func address(of entry: addrinfo) -> IPAddress? {
        switch entry.ai_family {
        case AF_INET:
            entry.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { socket in
                withUnsafeBytes(of: socket.pointee.sin_addr) { IPAddress(bytes: Array($0)) }
            }
        case AF_INET6:
            entry.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { socket in
                withUnsafeBytes(of: socket.pointee.sin6_addr) { IPAddress(bytes: Array($0)) }
            }
        default: nil
        }
    }
}

import Dispatch
import Logging
import NIOHTTP1
import NIOSSL
import Stepstream
import StepstreamTesting
import Synchronization
import Testing

@testable import StepstreamWorker

@Suite("Calls of receivers")
struct WebhookCallTests {
    /// Calls `url` so many times, one after the other, where the host has the addresses `found`.
    private func answers(
        _ count: Int,
        _ found: [String],
        allowed: [String] = [],
        trustRoots: NIOSSLTrustRoots = .default,
        timeLimit: Duration = .seconds(1),
        to url: String
    ) async throws -> [WebhookCall.Answer] {
        let addresses = found.compactMap { IPAddress($0) }
        let call = WebhookCall(
            resolver: HostResolver { _ in .success(addresses) },
            addresses: AddressPolicy(allowed: allowed.compactMap { AddressRange($0) }),
            timeLimit: timeLimit,
            trustRoots: trustRoots,
            logger: .quiet
        )
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let event = Event(sequence: 1, time: 1, kind: .succeeded, data: .emptyObject)
        let id = try #require(OperationID("one"))
        let claim = ClaimedDelivery(operation: id, number: 1, endpoint: "a", url: url, event: event, tries: 0, epoch: 1)
        let message = WebhookMessage(claim, source: "s", secrets: [secret], time: 1)
        var answers: [WebhookCall.Answer] = []
        for _ in 0..<count { answers.append(await call.send(message, to: try WebhookURL(url))) }
        await call.close()
        return answers
    }

    private func answer(_ found: [String], to url: String = "http://hooks.example:9/") async throws -> WebhookCall.Answer {
        try await answers(1, found, to: url)[0]
    }

    @Test("Over TLS the checked address is dialled, the name is what the certificate must hold, and one connection serves several tries")
    func secure() async throws {
        let certificate = try await TestCertificate(name: "hooks.example")
        let service = try await TestService(.bytes(StepstreamWorkerTests.answer("200 OK", body: "thanks")), tls: try certificate.server)
        func call(_ host: String, _ trustRoots: NIOSSLTrustRoots) async throws -> [WebhookCall.Answer] {
            let url = "https://\(host):\(service.port)/hook?a=b"
            return try await answers(3, ["127.0.0.1"], allowed: ["127.0.0.0/8"], trustRoots: trustRoots, timeLimit: .seconds(30), to: url)
        }
        #expect(try await call("hooks.example", try certificate.trustRoots) == Array(repeating: .status(200, retryAfter: nil), count: 3))
        #expect(service.connections == 1)
        let request = try #require(service.requests.first)
        #expect(request.head.headers["Host"] == ["hooks.example:\(service.port)"] && request.head.uri == "/hook?a=b")

        let untrusted = WebhookCall.Answer.fault("The receiver's certificate cannot be trusted, or the TLS handshake failed.")
        #expect(try await call("other.example", try certificate.trustRoots) == Array(repeating: untrusted, count: 3))
        #expect(try await call("hooks.example", .default) == Array(repeating: untrusted, count: 3))
        #expect(service.requests.count == 3)
        try await service.close()
    }

    @Test("A receiver that closes after each answer is no failure; a redirect is told, not followed")
    func closing() async throws {
        let fields = ["Location: http://127.0.0.1:1/"]
        let service = try await TestService(.bytesAndEnd(StepstreamWorkerTests.answer("307 Temporary Redirect", fields)))
        let url = "http://hooks.example:\(service.port)/"
        let answers = try await answers(5, ["127.0.0.1"], allowed: ["127.0.0.1/32"], timeLimit: .seconds(30), to: url)
        #expect(answers == Array(repeating: .status(307, retryAfter: nil), count: 5))
        try await service.close()
    }

    @Test("An answer whose body never ends is its status, when the time of the try is over")
    func endless() async throws {
        let service = try await TestService(.bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"))
        let url = "http://hooks.example:\(service.port)/"
        let answers = try await answers(2, ["127.0.0.1"], allowed: ["127.0.0.1/32"], timeLimit: .milliseconds(500), to: url)
        #expect(answers == Array(repeating: .status(200, retryAfter: nil), count: 2))
        try await service.close()
    }

    @Test(
        "One inner address among those of a name refuses the name",
        arguments: [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:10.0.0.1"]]
    )
    func refused(_ found: [String]) async throws {
        guard case .fault(let words) = try await answer(found) else { return _ = Issue.record("It was called") }
        #expect(words.hasPrefix("The host's address is not allowed"))
    }

    @Test("A name without addresses, and an inner address instead of a name, are told in words")
    func others() async throws {
        let nowhere = try await answer([])
        #expect(nowhere == .fault("The host name has no address."))
        guard case .fault(let words) = try await answer(["8.8.8.8"], to: "http://169.254.169.254/latest") else {
            return _ = Issue.record("It was called")
        }
        #expect(words.contains("link-local"))
    }

    private final class Lookups: Sendable {
        let hosts = Mutex<[String]>([])
    }

    @Test("A name that is never found delays no other host; all who ask for it share one lookup, and wait no longer than they may")
    func lateLookup() async throws {
        let lookups = Lookups()
        let end = DispatchSemaphore(value: 0)
        let address = try #require(IPAddress("8.8.8.8"))
        let resolver = HostResolver { host in
            lookups.hosts.withLock { $0.append(host) }
            if host == "dead.example" { end.wait() }
            return .success([address])
        }
        let late = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    do throws(HostResolver.Failure) {
                        _ = try await resolver.addresses(of: "dead.example", until: .now + .milliseconds(300))
                        return nil
                    } catch {
                        return error.words
                    }
                }
            }
            group.addTask {
                while !lookups.hosts.withLock({ $0.contains("dead.example") }) { await Task.yield() }
                do throws(HostResolver.Failure) {
                    let found = try await resolver.addresses(of: "live.example", until: .now + .seconds(30))
                    return found == [address] ? "found" : nil
                } catch {
                    return nil
                }
            }
            var words: [String: Int] = [:]
            for await answer in group { words[answer ?? "none", default: 0] += 1 }
            return words
        }
        #expect(late == ["The host name could not be resolved in time.": 300, "found": 1])
        end.signal()
        #expect(lookups.hosts.withLock { $0.filter { $0 == "dead.example" }.count } == 1)
    }

    @Test("The system's own lookup finds this machine")
    func lookup() async throws {
        let found = try await HostResolver().addresses(of: "localhost", until: .now + .seconds(30))
        #expect(found.contains { $0.description == "127.0.0.1" || $0.description == "0:0:0:0:0:0:0:1" })
    }
}

import Rigging

/// A primary, its replicas, and the sentinels that replace it: real processes, which end with the test process.
///
///     let set = try await SentinelSet.start(replicas: 2)
///     let old = set.servers[0]
///     await old.server.kill9()
///     let new = try await set.waitForPrimary(otherThan: old)
///     await set.stop()
package final class SentinelSet: Sendable {
    /// One of the servers.
    package struct Node: Sendable {
        /// The process; its `url` is the unix socket of this very server.
        package let server: RedisServer
        /// Where it listens on 127.0.0.1.
        package let port: Int
    }

    /// What took too long.
    package struct Timeout: Error, CustomStringConvertible {
        /// In words.
        package let description: String
    }

    /// What the sentinels call the primary.
    package static let name = "steps"
    /// How long anything may take on a slow machine.
    private static let patience = Duration.seconds(60)

    /// The servers; the first is the primary at the start.
    package let servers: [Node]
    /// The sentinels.
    package let sentinels: [Sentinel]

    /// `redis+sentinel://…`, with the sentinels in their order.
    package var url: String {
        "redis+sentinel://" + sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") + "/" + Self.name
    }

    private init(servers: [Node], sentinels: [Sentinel]) {
        self.servers = servers
        self.sentinels = sentinels
    }

    /// Starts them all, and returns once the replicas are in step and the sentinels know of everybody.
    ///
    /// - Parameters:
    ///   - replicas: How many replicas there are.
    ///   - sentinels: How many sentinels there are; more than half of them have to agree.
    ///   - downAfter: How long a server may be silent before it is taken for down.
    ///   - arguments: Added to the command line of each server, for example `["--min-replicas-to-write", "1"]`.
    /// - Returns: the set, ready for a switch.
    /// - Throws: why a process could not be started, or ``Timeout``.
    package static func start(
        replicas: Int = 2,
        sentinels: Int = 3,
        downAfter: Duration = .seconds(1),
        arguments: [String] = []
    ) async throws -> SentinelSet {
        var servers: [Node] = []
        for number in 0...replicas {
            let port = try BoundPort.free()
            let role = number == 0 ? [] : ["--replicaof", "127.0.0.1", "\(servers[0].port)"]
            // Without the delay replicas would be ready after five seconds only.
            let common = ["--port", "\(port)", "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0"]
            servers.append(Node(server: try await RedisServer.start(arguments: common + role + arguments), port: port))
        }
        for node in servers.dropFirst() {
            try await wait("the replica at \(node.port) is not in step") { try await node.info()?["master_link_status"] == "up" }
        }
        var watchers: [Sentinel] = []
        for _ in 0..<sentinels {
            let quorum = sentinels / 2 + 1
            watchers.append(try await Sentinel.start(name: name, primary: servers[0].port, quorum: quorum, downAfter: downAfter))
        }
        let set = SentinelSet(servers: servers, sentinels: watchers)
        for sentinel in watchers {
            try await wait("the sentinel at \(sentinel.port) does not know of everybody") {
                let known = try await sentinel.primary(name)
                return known?["slaves"] == "\(replicas)" && known?["sentinels"] == "\(sentinels)" && known?["status"] == "ok"
            }
        }
        return set
    }

    /// The server that one of the sentinels names and that takes itself for the primary; waits for it.
    package func waitForPrimary(otherThan old: Node? = nil) async throws -> Node {
        var found: Node?
        try await Self.wait("there is no new primary") {
            for sentinel in self.sentinels {
                guard let address = try await sentinel.primary(Self.name)?["address"] else { continue }
                guard let node = self.servers.first(where: { address == "127.0.0.1:\($0.port)" }), node.port != old?.port else { continue }
                guard try await node.info()?["role"] == "master" else { continue }
                found = node
                return true
            }
            return false
        }
        guard let found else { throw Timeout(description: "there is no new primary") }
        return found
    }

    /// Waits until `node` is a replica, as the sentinels make of an old primary that is back.
    package func waitForReplica(_ node: Node) async throws {
        try await Self.wait("the server at \(node.port) is no replica") { try await node.info()?["role"] == "slave" }
    }

    /// Ends them all and removes their folders.
    package func stop() async {
        for sentinel in sentinels { await sentinel.stop() }
        for node in servers {
            node.server.resume()
            await node.server.stop()
        }
    }

    private static func wait(_ otherwise: String, until condition: () async throws -> Bool) async throws {
        let limit = ContinuousClock.now + patience
        while try await !condition() {
            guard ContinuousClock.now < limit else { throw Timeout(description: "After \(patience) \(otherwise).") }
            // Processes of others announce no changes: they have to be asked.
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

extension SentinelSet.Node {
    func info() async throws -> RedisInfo? {
        try await RedisInfo.read("replication", at: String(server.url.dropFirst("unix://".count)))
    }
}

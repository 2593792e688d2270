import ChildProcesses
import Foundation
import Glibc
import NIOCore
import NIOPosix
import Stepstream
import StepstreamTesting
import Testing

@Suite("Starting, and refusing to", .serialized, .timeLimit(.minutes(2)))
struct StartTests {
    @Test("A port that is taken is said so, with a way out")
    func portTaken() async throws {
        try await Installation.with { installation in
            let api = try await installation.serve()
            let port = try #require(api.url.split(separator: ":").last.map(String.init))
            let second = try await installation.run("serve", "--port", port)
            #expect(second.end == .exited(1))
            #expect(second.errors.contains(port))
            #expect(second.errors.localizedCaseInsensitiveContains("in use"))
            #expect(second.errors.contains("--port"))
            #expect(try await api.get("/healthz").status == 200)
        }
    }

    @Test("dev serves and works with a Redis of its own, for one process at a time")
    func dev() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let api = try await installation.dev()
            let id = try await api.submit("order", input: #"{"amount":1}"#)
            #expect(try await api.end(of: id)["status"] == "Succeeded")

            let second = try await installation.run("dev", "--port", "0", settings: ["REDIS_URL": ""])
            #expect(second.end == .exited(1))
            #expect(second.errors.contains("Another embedded Redis runs on the folder"))
            #expect(try await api.operation(id)["status"] == "Succeeded")

            api.program.send(SIGTERM)
            #expect(try await api.program.ended() == .exited(0))
            let again = try await installation.dev()
            #expect(try await again.operation(id)["status"] == "Succeeded")
        }
    }

    @Test("dev killed leaves no Redis behind, and starts again on its data")
    func devKilled() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let api = try await installation.dev()
            let id = try await api.submit("order", input: #"{"amount":1}"#, headers: ["Prefer": "wait=30"])
            let folder = installation.folder + "/var/redis"
            let redis = try #require(
                Int32(try String(contentsOfFile: folder + "/redis.pid", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines))
            )
            // A connection of ours tells when Redis has ended.
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: folder + "/redis.sock").get()
            #expect(kill(redis, 0) == 0)
            api.program.send(SIGKILL)
            try await api.program.ended()
            try await channel.closeFuture.get()

            let again = try await installation.dev()
            #expect(kill(redis, 0) == -1)
            #expect(try await again.operation(id)["status"] == "Succeeded")
        }
    }

    @Test("dev ends when standard input closes, if it is told to")
    func standardInput() async throws {
        try await Installation.with { installation in
            let api = try await installation.dev([:], "--until-stdin-closes")
            #expect(try await api.get("/readyz").status == 200)
            api.program.closeInput()
            #expect(try await api.program.ended() == .exited(0))
        }
    }

    @Test("Faults of the settings file are named together: line, key, what is allowed")
    func settingsFile() async throws {
        try await Installation.with { installation in
            try installation.write(
                "config/stepstream.yaml",
                """
                http:
                  port: 99999
                  bodyLimt: 5
                log:
                  level: loud
                worker:
                  lease: 5
                """
            )
            for command in ["serve", "work", "dev", "check", "definitions"] {
                let refused = try await installation.run(command)
                #expect(refused.end == .exited(1))
                for words in [
                    "config/stepstream.yaml:2:", "http.port", "from 0 to 65535",
                    "config/stepstream.yaml:3:", "http.bodyLimt", "Did you mean http.bodyLimit?",
                    "config/stepstream.yaml:5:", "log.level", "trace, debug, info",
                    "config/stepstream.yaml:7:", "worker.lease", "250ms",
                ] {
                    #expect(refused.errors.contains(words), "\(command) does not say \(words): \(refused.errors)")
                }
            }
        }
    }

    @Test("A settings file is used; variables win over it, flags over both")
    func precedence() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            try installation.write("config/stepstream.yaml", "http:\n  publicURL: https://file.example\nlog:\n  format: json\n")
            let fromFile = try await installation.serve()
            #expect(try await fromFile.post("work").headers["location"]?.hasPrefix("https://file.example/v1/") == true)
            #expect(try JSONNode.parse(try await fromFile.program.line(with: "Serving"))["level"] == "notice")
            let fromEnvironment = try await installation.serve(["HTTP_PUBLIC_URL": "https://environment.example"], "--log-format", "text")
            #expect(try await fromEnvironment.post("work").headers["location"]?.hasPrefix("https://environment.example/v1/") == true)
            #expect(try await !fromEnvironment.program.line(with: "Serving").hasPrefix("{"))
        }
    }

    @Test("A variable that does not exist, a value that is not allowed, a file that is not there")
    func variables() async throws {
        try await Installation.with { installation in
            let unknown = try await installation.run("serve", settings: ["HTTP_PROT": "1", "WORKER_CONCURRENCY": "none"])
            #expect(unknown.end == .exited(1))
            #expect(unknown.errors.contains("Did you mean STEPSTREAM_HTTP_PORT?"))
            #expect(unknown.errors.contains("STEPSTREAM_WORKER_CONCURRENCY"))
            #expect(unknown.errors.contains("from 1 to 10000"))
            let file = try await installation.run("serve", "--config", "nowhere.yaml")
            #expect(file.end == .exited(1))
            #expect(file.errors.contains("nowhere.yaml"))
            let folder = try await installation.run("serve", "--definitions", "nowhere")
            #expect(folder.end != .exited(0))
            #expect(folder.errors.contains("nowhere"))
            let url = try await installation.run("serve", settings: ["REDIS_URL": "http://:topsecret@127.0.0.1"])
            #expect(url.end != .exited(0))
            #expect(url.errors.contains("environment, STEPSTREAM_REDIS_URL: redis.url:"))
            #expect(url.errors.contains("must be redis://"))
            #expect(!url.errors.contains("topsecret"))
        }
    }
}

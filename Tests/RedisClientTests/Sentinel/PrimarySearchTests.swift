import NIOCore
import Testing

@testable import RedisClient

@Suite("The search for the primary")
struct PrimarySearchTests {
    typealias Endpoint = RedisConfiguration.Endpoint

    private static let sentinels = (1...3).map { Endpoint.tcp(host: "s\($0)", port: 26_379) }
    private static let primary = Endpoint.tcp(host: "10.0.0.1", port: 6379)
    private static let old = Endpoint.tcp(host: "10.0.0.2", port: 6379)
    private static let silence = RedisError(.connectFailed, "refused", class: .notApplied)
    private static let refusal = RedisError(.wrongPassword, "wrong password", class: .configuration)

    private func search(left: Endpoint? = nil) -> PrimarySearch {
        PrimarySearch(name: "mine", order: Self.sentinels, left: left)
    }

    /// What the search does, answer by answer.
    private func actions(_ search: PrimarySearch, _ answers: PrimarySearch.Answer...) -> [String] {
        var search = search
        return [describe(search.begin())] + answers.map { describe(search.answered($0)) }
    }

    private func describe(_ action: PrimarySearch.Action) -> String {
        switch action {
        case .ask(let sentinel): "ask \(sentinel)"
        case .connect(let endpoint, let sentinel): "connect \(endpoint) told by \(sentinel)"
        case .fail(let error): "fail \(error.code) \(error.errorClass): \(error.message)"
        }
    }

    @Test("the first sentinel that knows is believed")
    func first() {
        #expect(
            actions(search(), .address(Self.primary)) == ["ask s1:26379", "connect 10.0.0.1:6379 told by s1:26379"]
        )
    }

    @Test("a silent one and one that does not know are passed over")
    func passedOver() {
        let steps = actions(search(), .silent(Self.silence), .unknown, .address(Self.primary))
        #expect(steps == ["ask s1:26379", "ask s2:26379", "ask s3:26379", "connect 10.0.0.1:6379 told by s3:26379"])
    }

    @Test("one that names the server that was just left has not heard of the switch")
    func behind() {
        let steps = actions(search(left: Self.old), .address(Self.old), .address(Self.primary))
        #expect(steps.last == "connect 10.0.0.1:6379 told by s2:26379")
        let last = actions(search(left: Self.old), .address(Self.old), .silent(Self.silence), .unknown).last
        #expect(
            last == "fail noPrimary notApplied: no sentinel knows where the Redis primary \"mine\" is: "
                + "1 of 3 did not answer, 1 know no such primary, 1 name the one that was left"
        )
    }

    @Test("a failure that can pass is told from one that a person has to mend")
    func failures() {
        let silent = actions(search(), .silent(Self.silence), .silent(Self.silence), .silent(Self.refusal)).last
        #expect(silent?.hasPrefix("fail noPrimary notApplied") == true)
        let unknown = actions(search(), .unknown, .unknown, .unknown).last
        #expect(unknown?.hasPrefix("fail noPrimary configuration: none of the 3 sentinels knows a primary called \"mine\"") == true)
        let refused = actions(search(), .silent(Self.refusal), .unknown, .silent(Self.refusal)).last
        #expect(refused?.hasPrefix("fail noPrimary configuration") == true)
    }

    @Test(
        "what a sentinel replies",
        arguments: [
            ("*2\r\n$9\r\n127.0.0.1\r\n$4\r\n6379\r\n", "127.0.0.1:6379"), ("*-1\r\n", "unknown"), ("$-1\r\n", "unknown"),
            ("-NOAUTH Authentication required.\r\n", "NOAUTH"), ("*2\r\n$1\r\nh\r\n$1\r\n0\r\n", "unexpectedReply"),
            ("+OK\r\n", "unexpectedReply"), ("*0\r\n", "unexpectedReply"),
            ("-ERR unknown command 'SENTINEL', with args beginning with: \r\n", "ERR"),
        ]
    )
    func replies(text: String, expected: String) throws {
        let described =
            switch PrimarySearch.Answer(try RedisReply(text)) {
            case .address(let endpoint): "\(endpoint)"
            case .unknown: "unknown"
            case .silent(let error): "\(error.code)"
            }
        #expect(described == expected)
    }

    @Test("a notice of a switch is read, and nothing else is taken for one")
    func notices() throws {
        let notice = try #require(SwitchNotice("mine 10.0.0.2 6379 10.0.0.1 6379"))
        #expect(notice.name == "mine")
        #expect(notice.left == Self.old)
        #expect(notice.primary == Self.primary)
        for text in ["", "mine", "mine 10.0.0.2 x 10.0.0.1 6379", "mine 10.0.0.2 6379 10.0.0.1 6379 more"] {
            #expect(SwitchNotice(text) == nil)
        }
    }
}

@Suite("What is known of the primary")
struct KnownPrimaryTests {
    typealias Endpoint = RedisConfiguration.Endpoint

    private let s1 = Endpoint.tcp(host: "s1", port: 1)
    private let s2 = Endpoint.tcp(host: "s2", port: 2)
    private let s3 = Endpoint.tcp(host: "s3", port: 3)
    private let old = Endpoint.tcp(host: "old", port: 6379)
    private let new = Endpoint.tcp(host: "new", port: 6379)

    @Test("who answered is asked first, who misled is asked last")
    func order() {
        var known = KnownPrimary([s1, s2, s3])
        known.prefer(s2)
        #expect(known.order == [s2, s1, s3])
        known.postpone(s2)
        #expect(known.order == [s1, s3, s2])
        known.prefer(.tcp(host: "stranger", port: 1))
        #expect(known.order == [s1, s3, s2])
    }

    @Test("after a switch its teller is asked first, the server that was left is remembered for a while, and connections to it end")
    func switched() {
        var known = KnownPrimary([s1, s2, s3])
        let now = NIODeadline.now()
        known.switched(from: old, to: new, toldBy: s3, at: now)
        #expect(known.order == [s3, s1, s2])
        #expect(known.left(at: now) == old)
        #expect(known.left(at: now + KnownPrimary.memory) == nil)
        #expect(!known.stands(old, since: 0))
        #expect(known.stands(new, since: 0))
        #expect(known.stands(old, since: 1))
        known.switched(from: new, to: old, toldBy: s1, at: now)
        #expect(known.left(at: now) == new)
        #expect(known.stands(old, since: 0))
    }
}

import Rigging
import Stepstream

extension Definition {
    /// A definition that keeps every rule, made up by chance.
    static func random(_ draw: inout SeededDraw) -> Definition {
        let count = Int.random(in: 1...5, using: &draw)
        let syncSteps = Int.random(in: 0...count, using: &draw)
        let pivot = draw.chance(50) ? Int.random(in: 0..<count, using: &draw) : nil
        let steps = (0..<count).map { number in
            var step = Step(name: name("step", number), handler: .random(&draw))
            if number < syncSteps { step.mode = .sync }
            if draw.chance(50) { step.queue = name("queue", Int.random(in: 0...9, using: &draw)) }
            if draw.chance(50) { step.timeout = Milliseconds(Int64.random(in: 10...86_400_000, using: &draw)) }
            if draw.chance(50) { step.retry = .random(&draw) }
            if draw.chance(50) {
                step.onUnknown = draw.one(of: [
                    .retry, .hold, .probe(.init(handler: .random(&draw))), .probe(.init(handler: .swift("p"), timeout: 12)),
                ])
            }
            if number == pivot { step.undo = .pivot } else if draw.chance(50) { step.undo = .handler(.random(&draw)) }
            return step
        }
        let schemas: [JSONText?] = [
            nil, JSONText(trusted: "{\"type\":\"object\",\"required\":[\"a\"]}"), JSONText(trusted: "true"),
            JSONText(trusted: "{\"maximum\":1.50}"),
        ]
        return Definition(
            type: name("type", Int.random(in: 0...99, using: &draw)),
            description: draw.chance(50) ? JSONSample.randomString(&draw) : nil,
            inputSchema: draw.one(of: schemas),
            deadline: draw.chance(50) ? Milliseconds(.random(in: 10...2_592_000_000, using: &draw)) : nil,
            steps: steps
        )
    }

    static func name(_ word: String, _ number: Int) -> Name { Name("\(word)-\(number)") ?? "unreachable" }
}

extension RetryPolicy {
    static func random(_ draw: inout SeededDraw) -> RetryPolicy {
        let first = Int64.random(in: 0...86_400_000, using: &draw)
        return RetryPolicy(
            attempts: Int.random(in: 1...100, using: &draw),
            firstDelay: Milliseconds(first),
            factor: draw.one(of: [1, 1.5, 2, 3.25, 100, .random(in: 1...100, using: &draw)]),
            maxDelay: Milliseconds(.random(in: first...86_400_000, using: &draw)),
            jitter: draw.one(of: Jitter.allCases)
        )
    }
}

extension HandlerReference {
    static func random(_ draw: inout SeededDraw) -> HandlerReference {
        switch Int.random(in: 0...2, using: &draw) {
        case 0: return .swift(Definition.name("handler", Int.random(in: 0...9, using: &draw)))
        case 1:
            let arguments = (0..<Int.random(in: 0...3, using: &draw)).map { _ in JSONSample.randomString(&draw) }
            return .exec(command: ["/bin/program"] + arguments + ["${NOT_FILLED_IN}"])
        default:
            let method = draw.one(of: ["POST", "PUT", "DELETE"])
            let url = draw.one(of: ["http://a.example/x", "https://[::1]:8443/?q=1"])
            return .http(HTTPCall(method: method, url: url, headers: draw.chance(50) ? ["X-B": "${literal}", "X-A": "é\t\"\\"] : [:]))
        }
    }
}

extension Undo.Compensation {
    static func random(_ draw: inout SeededDraw) -> Undo.Compensation {
        var compensation = Undo.Compensation(handler: .random(&draw))
        if draw.chance(30) { compensation.queue = "undo" }
        if draw.chance(30) { compensation.timeout = 12_345 }
        if draw.chance(30) { compensation.retry = .random(&draw) }
        return compensation
    }
}

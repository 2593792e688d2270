/// Finds what runs a step: Swift handlers by name, and one handler each for `http` and `exec`.
public struct HandlerRegistry: Sendable {
    private var swift: [Name: any StepHandler] = [:]
    private let http: (any StepHandler)?
    private let exec: (any StepHandler)?

    /// A registry; without `http` or `exec` handlers, steps of that kind are left to other workers.
    public init(http: (any StepHandler)? = nil, exec: (any StepHandler)? = nil) {
        self.http = http
        self.exec = exec
    }

    /// Registers `handler` under `name`; the last registration counts.
    public mutating func register(_ name: Name, handler: any StepHandler) {
        swift[name] = handler
    }

    /// Registers a typed handler: the input is decoded from, and the result encoded to JSON.
    ///
    /// - Parameters:
    ///   - name: the name that definitions use, `handler: { swift: name }`.
    ///   - input: what the operation's input is decoded as.
    ///   - body: makes one attempt. Throw a `StepFailure` to say whether it may be retried; any other error is retried by policy.
    public mutating func register<Input: Decodable & Sendable, Result: Encodable & Sendable>(
        _ name: Name,
        input: Input.Type = Input.self,
        body: @escaping @Sendable (Input, StepContext) async throws -> Result
    ) {
        swift[name] = TypedHandler(body: body)
    }

    /// Registers a typed handler without a result: that of its step is `null`.
    ///
    /// - Parameters:
    ///   - name: the name that definitions use, `handler: { swift: name }`.
    ///   - input: what the operation's input is decoded as.
    ///   - body: makes one attempt. Throw a `StepFailure` to say whether it may be retried; any other error is retried by policy.
    public mutating func register<Input: Decodable & Sendable>(
        _ name: Name,
        input: Input.Type = Input.self,
        body: @escaping @Sendable (Input, StepContext) async throws -> Void
    ) {
        swift[name] = TypedHandler { (input: Input, context: StepContext) -> Bool? in
            try await body(input, context)
            return nil
        }
    }

    /// Registers a probe: it is asked what the attempts of a step have done so far.
    ///
    /// - Parameters:
    ///   - name: the name that definitions use, `probe: { handler: { swift: name } }`.
    ///   - body: finds out, under the step's own `StepContext.idempotencyKey`. An error it throws means that it could not.
    public mutating func registerProbe(_ name: Name, body: @escaping @Sendable (StepContext) async throws -> ProbeAnswer) {
        swift[name] = ProbeHandler(body: body)
    }

    /// What runs `reference`; nil when this process has no such handler.
    public func handler(for reference: HandlerReference) -> (any StepHandler)? {
        switch reference {
        case .swift(let name): swift[name]
        case .http: http
        case .exec: exec
        }
    }

    /// A registry with the same names, and what `decorate` makes of each handler.
    func decorated(_ decorate: (any StepHandler) -> any StepHandler) -> HandlerRegistry {
        var registry = HandlerRegistry(http: http.map(decorate), exec: exec.map(decorate))
        registry.swift = swift.mapValues(decorate)
        return registry
    }

    /// The names of the Swift handlers.
    public var names: [Name] { swift.keys.sorted() }
}

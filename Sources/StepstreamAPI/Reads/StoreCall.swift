import Stepstream

/// A call of the store that a request makes. The frequent ones are types, as a closure in a closure costs each call some thousand
/// instructions.
protocol StoreCall: Sendable {
    associatedtype Answer: Sendable
    /// Whether it reads so little that it may go on where the store's connection is.
    var isBrief: Bool { get }
    func answer() async throws(StoreError) -> Answer
}

/// Any call.
struct StoreClosure<Answer: Sendable>: StoreCall {
    let isBrief: Bool
    let call: @Sendable () async throws(StoreError) -> Answer

    func answer() async throws(StoreError) -> Answer { try await call() }
}

/// One submission.
struct SubmitCall: StoreCall {
    let store: any SubmissionStore
    let submission: Submission
    var isBrief: Bool { true }

    func answer() async throws(StoreError) -> SubmitAnswer { try await store.submit(submission) }
}

/// A look at one operation. Without its history it is small.
struct ReadCall: StoreCall {
    let store: any OperationReader
    let id: OperationID
    let withEvents: Bool
    var isBrief: Bool { !withEvents }

    func answer() async throws(StoreError) -> Operation? { try await store.read(id, withEvents: withEvents) }
}

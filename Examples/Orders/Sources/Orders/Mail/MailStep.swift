package import Foundation

/// The step `confirm-by-mail`, as a program that Stepstream runs: the call comes as JSON on standard input and in the environment,
/// the result goes to standard output.
package struct MailStep: Sendable {
    private let folder: URL

    package init(folder: URL) {
        self.folder = folder
    }

    /// - Parameters:
    ///   - input: the JSON object of the call.
    ///   - environment: `STEPSTREAM_IDEMPOTENCY_KEY` is read from it; without it the key is made of the call's operation and step.
    ///   - withdrawing: whether this is the undo.
    /// - Returns: the result, as JSON.
    /// - Throws: `OrdersFailure` or `Price.Unpriceable` when trying again cannot help; other errors are the file system's.
    package func run(input: Data, environment: [String: String], withdrawing: Bool) throws -> String {
        let request: StepRequest
        let results: Confirmation.Results
        do {
            request = try JSONDecoder().decode(StepRequest.self, from: input)
            results = try JSONDecoder().decode(Earlier.self, from: input).results ?? .init(trackingNumber: nil)
        } catch let error as DecodingError {
            throw OrdersFailure("Standard input is not a step's call: \(error.place)")
        }
        let key = try key(of: request, environment: environment)
        let mailbox = try Mailbox(folder: folder)
        if withdrawing {
            return try JSONEncoder.answers.text(mailbox.withdraw(request.input.orderId, key: key.forward))
        }
        let confirmation = try Confirmation(order: request.input, key: key, results: results)
        return try JSONEncoder.answers.text(mailbox.write(confirmation, of: request.input.orderId, key: key))
    }

    private func key(of request: StepRequest, environment: [String: String]) throws -> IdempotencyKey {
        guard let text = environment["STEPSTREAM_IDEMPOTENCY_KEY"] else {
            return IdempotencyKey(operation: request.operation, step: request.step)
        }
        guard let key = IdempotencyKey(header: text) else {
            throw OrdersFailure("STEPSTREAM_IDEMPOTENCY_KEY must be 1 to 400 visible characters.")
        }
        return key
    }

    private struct Earlier: Decodable {
        var results: Confirmation.Results?
    }
}

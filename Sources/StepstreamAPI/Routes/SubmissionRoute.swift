import HTTPTypes
import Hummingbird
import NIOCore
package import Stepstream

/// `POST /v1/operations`: submits an operation.
struct SubmissionRoute: Sendable {
    private let configuration: ServerConfiguration
    private let catalog: DefinitionCatalog
    private let documents: Documents
    private let submitter: Submitter
    private let bodies: BodyReader

    init(_ parts: APIParts) {
        configuration = parts.configuration
        catalog = parts.catalog
        documents = parts.documents
        submitter = parts.submitter
        bodies = parts.bodies
    }

    /// How many bytes are read and checked in well under a millisecond.
    private static let brief = 16 * 1024

    func add(to endpoints: inout Endpoints) {
        endpoints.onConnection(.post, at: "/v1/operations") { request, context in try await submit(request, in: context) }
    }

    private func submit(_ request: Request, in context: APIContext) async throws -> Response {
        let fields = RequestFields(request.headers)
        _ = try bodies.kind(of: fields, among: [.json])
        let terms = try SubmissionTerms(request, fields: fields)
        let bytes = try await bodies.bytes(of: request, fields: fields, upTo: configuration.bodyLimit)
        let body =
            if bytes.readableBytes <= Self.brief {
                try read(bytes)
            } else {
                // Other connections are served by this thread too.
                try await withTaskExecutorPreference(globalConcurrentExecutor) { try read(bytes) }
            }
        let submission = try terms.applied(to: body)
        let clientGone = submission.wait == nil ? nil : await context.clientGone()
        do {
            switch try await submitter.submit(submission, clientGone: clientGone) {
            case .answered(let text): return try replay(text, of: submission)
            case .submitted(let submitted, let reservation):
                let document = try await documents.document(
                    submitted.operation,
                    entry: submission.entry,
                    base: documents.address.base(for: request)
                )
                let (response, bytes) = answer(document, to: submission, submitted: submitted)
                if let reservation {
                    let answer = FirstAnswer(response, body: String(buffer: bytes))
                    await submitter.keep(answer.text, to: reservation, of: submitted.operation)
                }
                return response
            }
        } catch let refusal as SubmissionRefusal {
            throw RequestProblem(refusal)
        }
    }

    private func read(_ bytes: ByteBuffer) throws -> SubmissionRequest {
        try SubmissionBody.request(in: try bodies.parse(bytes), catalog: catalog, callbacks: configuration.callbacks)
    }

    /// The answer that the first request of the key was given.
    private func replay(_ text: String, of submission: SubmissionRequest) throws -> Response {
        guard let answer = FirstAnswer(text) else {
            throw StoreError(.corrupt, "The response stored for an idempotency key cannot be read.")
        }
        if let id = submission.id, id.text != answer.operationID { throw SubmissionRefusal.keyOfAnotherID }
        return answer.response
    }

    private func answer(
        _ document: OperationDocument,
        to submission: SubmissionRequest,
        submitted: Submitter.Submitted
    ) -> (Response, bytes: ByteBuffer) {
        var response: Response
        let bytes: ByteBuffer
        if let failure = document.syncFailure {
            bytes = ByteBuffer(string: failure.json.text)
            response = .problem(failure.json, status: failure.status)
        } else {
            bytes = document.body
            response = .json(bytes, status: .accepted, further: 8)
            document.addFreshness(to: &response)
        }
        document.addLinks(to: &response)
        response.headers.append(HTTPField(name: .consistencyToken, value: ConsistencyToken([submitted.operation.id]).text))
        if let applied = Preferences.applied(to: submission, submitted: submitted) { response.headers[.preferenceApplied] = applied }
        return (response, bytes)
    }
}

extension RequestProblem {
    /// What a refusal of a submission means to a client.
    package init(_ refusal: SubmissionRefusal) {
        switch refusal {
        case .idTaken(let id): self.init(.keyReused, "The operation \(id) already exists, submitted by another request.")
        case .keyReused: self.init(.keyReused, "This Idempotency-Key was used with another request.")
        case .keyOfAnotherID: self.init(.keyReused, "This Idempotency-Key was used for an operation with another ID.")
        case .keyInUse: self.init(.inProgress, "Send it again in a second, with the same key.")
        case .keyExpired:
            self.init(
                .conflict,
                "The operation submitted with this Idempotency-Key has expired, and its response is no longer available. Use another key."
            )
        }
    }
}

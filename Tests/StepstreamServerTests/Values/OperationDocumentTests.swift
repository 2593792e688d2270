import HTTPTypes
import Stepstream
import StepstreamTesting
@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer
import Testing

@Suite("An operation as JSON")
struct OperationDocumentTests {
    private func operation() -> Operation {
        let definition = Definition.order
        var operation = Operation(id: OperationID.fresh(), type: "order", definition: definition.version, input: .null)
        operation.status = .running
        operation.phase = .executing
        operation.version = 4
        operation.createdAt = 1_767_323_045_678
        operation.updatedAt = 1_767_323_045_679
        var reserve = StepRecord(.succeeded, attempts: 1, result: JSONText(trusted: #"{"a":1}"#))
        reserve.startedAt = 1_767_323_045_678
        reserve.endedAt = 1_767_323_045_679
        reserve.owner = "host-of-a-worker"
        operation.steps = ["reserve": reserve]
        return operation
    }

    private func document(_ operation: Operation) -> OperationDocument {
        OperationDocument(operation: operation, definition: .order, base: "http://h:1", retryAfter: operation.status.isEnded ? nil : 1)
    }

    @Test("Members are in the order that is documented, steps in the order of the definition, nothing internal among them")
    func shape() throws {
        let operation = operation()
        let text = document(operation).json.text
        let json = try JSONNode.parse(text)
        #expect(
            json.members.map(\.key) == [
                "id", "type", "status", "phase", "version", "createdAt", "updatedAt", "percentComplete", "steps", "result", "error",
                "metadata",
                "links",
            ]
        )
        #expect(json["createdAt"] == "2026-01-02T03:04:05.678Z")
        #expect(json.member("percentComplete")?.int64 == 50)
        #expect(json.member("steps")?.elements.map { $0["name"] } == ["reserve", "charge"])
        #expect(
            try json.step("reserve").json.text
                == #"{"name":"reserve","mode":"sync","status":"Succeeded","attempts":1,"startedAt":"2026-01-02T03:04:05.678Z","endedAt":"2026-01-02T03:04:05.679Z","result":{"a":1}}"#
        )
        #expect(
            try json.step("charge").json.text == #"{"name":"charge","mode":"async","queue":"payments","status":"Waiting","attempts":0}"#
        )
        #expect(json.member("links")?["deliveries"] == "http://h:1/v1/operations/\(operation.id)/deliveries")
        #expect(json.member("links")?["cancel"] == "http://h:1/v1/operations/\(operation.id):cancel")
        #expect(!text.contains("host-of-a-worker"))
        #expect(document(operation).retryAfter == 1)
    }

    @Test("Problems of ours get absolute types, others keep theirs")
    func absoluteTypes() throws {
        var operation = operation()
        operation.status = .failed
        operation.error = JSONText(trusted: #"{"type":"/problems/step-timeout","title":"t","step":"charge","attempts":1}"#)
        var charge = StepRecord(.failed, attempts: 1)
        charge.error = JSONText(trusted: #"{"type":"https://example.org/p","title":"t"}"#)
        operation.steps["charge"] = charge
        let json = try JSONNode.parse(document(operation).json.text)
        #expect(json.member("error")?["type"] == "http://h:1/problems/step-timeout")
        #expect(try json.step("charge").member("error")?["type"] == "https://example.org/p")
        #expect(document(operation).retryAfter == nil)
        #expect(document(operation).syncFailure == nil)
    }

    @Test(
        "A failed sync part is answered with the handler's 4xx, 504 when its effect is unknown, else 502",
        arguments: [(409, false, 409), (422, true, 422), (504, false, 504), (500, false, 502), (nil, false, 502), (nil, true, 504)]
            as [(Int?, Bool, Int)]
    )
    func syncFailure(told: Int?, uncertain: Bool, status: Int) throws {
        var operation = operation()
        operation.status = .failed
        operation.steps["reserve"]?.isUncertain = uncertain
        let member = told.map { "\"status\":\($0)," } ?? ""
        operation.error = JSONText(trusted: "{\"type\":\"/problems/x\",\"title\":\"t\",\(member)\"step\":\"reserve\",\"attempts\":1}")
        let failure = try #require(document(operation).syncFailure)
        #expect(failure.status.code == status)
        let json = try JSONNode.parse(failure.json.text)
        #expect(json.member("status")?.int64 == Int64(status))
        #expect(json["type"] == "http://h:1/problems/x")
        #expect(json["instance"] == "/v1/operations/\(operation.id)")
        #expect(json.members.map(\.key) == ["type", "title", "status", "step", "attempts", "instance"])
    }
}

import Foundation
import Stepstream
import StepstreamYAML

// What the article "Declaring operations" shows, held to it by `ArticleTests`.

func declaredOrder() -> Definition {
    let order = Definition(
        type: "order",
        inputSchema: JSONText(trusted: #"{"type":"object","required":["item","amount"],"properties":{"amount":{"type":"integer"}}}"#),
        deadline: 3_600_000,
        steps: [
            Step(
                name: "reserve",
                mode: .sync,
                handler: .swift("reserve"),
                undo: .handler(Undo.Compensation(handler: .swift("release")))
            ),
            Step(
                name: "charge",
                queue: "payments",
                handler: .swift("charge"),
                timeout: 5_000,
                retry: RetryPolicy(attempts: 3, firstDelay: 200, maxDelay: 2_000),
                onUnknown: .probe(UnknownPolicy.Probe(handler: .swift("charged"))),
                undo: .pivot
            ),
            Step(name: "ship", handler: .swift("ship")),
        ]
    )
    return order
}

func orderCatalog(_ order: Definition) throws -> DefinitionCatalog {
    // Every fault at once, each with its place and what is allowed there.
    let catalog = try DefinitionCatalog([order])
    return catalog
}

func fileCatalog(_ folder: URL) throws -> DefinitionCatalog {
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "yaml" }
        .map { (name: $0.lastPathComponent, text: try String(contentsOf: $0, encoding: .utf8)) }
    let (catalog, faults) = DefinitionCatalog.load(files: files) { ProcessInfo.processInfo.environment[$0] }
    guard faults.isEmpty else { throw DefinitionFaults(faults: faults) }
    return catalog
}

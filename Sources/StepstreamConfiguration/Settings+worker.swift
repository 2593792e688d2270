package import Stepstream
package import StepstreamWorker

extension Settings {
    /// How steps are worked on: those of the configured queues, or of all that the definitions name.
    package func worker(_ catalog: DefinitionCatalog) -> WorkerConfiguration {
        var configuration = WorkerConfiguration(
            queues: self[WorkerSettings.queues] ?? catalog.queues,
            concurrency: self[WorkerSettings.concurrency],
            consumer: WorkerConfiguration.consumer(slot: self[WorkerSettings.slot]),
            lease: Milliseconds(self[WorkerSettings.lease])
        )
        configuration.graceTime = self[WorkerSettings.graceTime]
        configuration.reconcileInterval = self[WorkerSettings.reconcileInterval]
        configuration.tidyInterval = self[WorkerSettings.tidyInterval]
        return configuration
    }
}

extension DefinitionCatalog {
    /// Every queue that a step or an undo names.
    fileprivate var queues: [Name] {
        definitions.reduce(into: Set([Step.defaultQueue])) { $0.formUnion($1.queues) }.sorted()
    }
}

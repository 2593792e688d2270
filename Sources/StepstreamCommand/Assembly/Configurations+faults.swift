import Stepstream
import StepstreamServer
import StepstreamWorker

// Planted faults that are a matter of configuration. A release build has none.

extension WorkerConfiguration {
    /// The same, with those of a worker.
    func withFaults() -> WorkerConfiguration {
        #if LABORATORY
        var configuration = self
        if Mutant.isPlanted(.reclaimAtOnce) { configuration.reclaimPause = .zero }
        if Mutant.isPlanted(.noSelfFence) { configuration.leasePatience = .endless }
        return configuration
        #else
        return self
        #endif
    }
}

extension ServerConfiguration {
    /// The same, with those of the API.
    func withFaults() -> ServerConfiguration {
        #if LABORATORY
        var configuration = self
        if Mutant.isPlanted(.noSelfFence) { configuration.leasePatience = .endless }
        return configuration
        #else
        return self
        #endif
    }
}

#if LABORATORY
extension Duration {
    fileprivate static let endless = Duration.seconds(1_000_000)
}
#endif

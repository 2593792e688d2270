import Stepstream
import StepstreamServer

extension Settings {
    func server() throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.host = text("http.host") ?? configuration.host
        configuration.port = integer("http.port")
        configuration.publicURL = text("http.publicURL")
        configuration.bodyLimit = integer("http.bodyLimit")
        configuration.inputDepth = integer("http.inputDepth")
        configuration.headerDeadline = duration("http.headerDeadline")
        configuration.requestDeadline = duration("http.requestDeadline")
        configuration.connections = integer("http.connections")
        configuration.inlineBudget = duration("http.inlineBudget")
        configuration.longPoll = duration("http.longPoll")
        configuration.watchers = integer("http.watchers")
        configuration.watchersPerCaller = integer("http.watchersPerCaller")
        configuration.watchersPerAddress = integer("http.watchersPerAddress")
        configuration.watchLife = duration("http.watchLife")
        configuration.origins = text("http.origins")?.origins ?? []
        configuration.lease = Milliseconds(duration("worker.lease"))
        configuration.callbacks = callbacks
        return configuration
    }
}

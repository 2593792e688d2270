import ArgumentParser
import NIOHTTP1
import Stepstream

/// `stepstream deliveries`
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "Prints the webhooks of an operation, with every try to deliver them."
    )

    @OptionGroup var options: ClientOptions

    @Argument(help: "The operation's ID.")
    var id: String

    func run() async throws {
        let answer = try await options.withClient { try await $0.send(.GET, at: "/v1/operations/\(try pathSegment(id))/deliveries") }
        guard answer.status == 200 else { throw ClientFailure(answer) }
        print(options.json ? answer.body : DeliveriesPrinter(ledger: try answer.json()).page)
    }
}

/// `stepstream replay`
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Delivers a webhook again, with the same webhook-id."
    )

    @OptionGroup var options: ClientOptions

    @Argument(help: "The operation's ID.")
    var id: String

    @Argument(help: "The number of the delivery, as shown by stepstream deliveries.")
    var number: Int

    func run() async throws {
        let path = "/v1/operations/\(try pathSegment(id))/deliveries/\(number):replay"
        let answer = try await options.withClient { try await $0.send(.POST, at: path) }
        guard answer.status == 202 else { throw ClientFailure(answer) }
        print(options.json ? answer.body : DeliveriesPrinter(ledger: try answer.json()).page)
    }
}

import ArgumentParser
import Foundation
import Orders

/// `orders mail`: what Stepstream runs for the step `confirm-by-mail`.
struct MailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail",
        abstract: "Writes the confirmation of the order whose step's call comes on standard input.",
        discussion: """
            The result goes to standard output as JSON. Status 0: done; 75 (EX_TEMPFAIL, sysexits.h): may be tried again; \
            other: failed for good, standard error says why. The same idempotency key writes one mail however often it is called.
            """
    )

    /// EX_TEMPFAIL of sysexits.h.
    static let temporaryFailure = ExitCode(75)

    @Option(help: "Folder of the mails.")
    var folder = "var/orders/mail"

    @Flag(help: "Undo: take the mail back, and refuse to write it from now on.")
    var withdraw = false

    func run() throws {
        do {
            let result = try MailStep(folder: URL(filePath: folder, directoryHint: .isDirectory)).run(
                input: try FileHandle.standardInput.readToEnd() ?? Data(),
                environment: ProcessInfo.processInfo.environment,
                withdrawing: withdraw
            )
            FileHandle.standardOutput.write(Data((result + "\n").utf8))
        } catch let failure as OrdersFailure {
            throw exit(failure.description, .failure)
        } catch let unpriceable as Price.Unpriceable {
            throw exit(unpriceable.reason, .failure)
        } catch {
            throw exit("\(error)", Self.temporaryFailure)
        }
    }

    private func exit(_ reason: String, _ code: ExitCode) -> ExitCode {
        FileHandle.standardError.write(Data((reason + "\n").utf8))
        return code
    }
}

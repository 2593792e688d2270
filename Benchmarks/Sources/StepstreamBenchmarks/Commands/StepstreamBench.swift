import ArgumentParser
import Dispatch

/// The benchmarks: by the clock, and by instructions.
struct StepstreamBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stepstream-bench",
        abstract: "Measures what an operation costs.",
        discussion: "Without a subcommand it measures by the clock.",
        subcommands: [MeasureCommand.self, GrowthCommand.self, SoakCommand.self, WalkCommand.self, ServeCommand.self, AnswerCommand.self],
        defaultSubcommand: MeasureCommand.self
    )
}

/// Where the program begins.
@main
enum Entry {
    /// The main thread waits on a semaphore and not, as that of an asynchronous `main`, in `sigsuspend`: valgrind up to 3.19 writes into the
    /// mask given to that, which is a constant of libdispatch, and crashes.
    static func main() {
        let ended = DispatchSemaphore(value: 0)
        Task.detached {
            await StepstreamBench.main()
            ended.signal()
        }
        ended.wait()
    }
}

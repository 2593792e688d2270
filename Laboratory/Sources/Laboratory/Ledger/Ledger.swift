import Foundation
import Synchronization

/// The place where effects go: each once for its key, none of an epoch lower than one seen before, each on disk before it is answered.
final class Ledger: Sendable {
    /// How a call is answered.
    enum Answer: Sendable, Hashable {
        case status(Int, String)
        case cut
    }

    private struct State {
        var book = LedgerBook()
        var lastCall = 0
    }

    private let journal: Journal
    private let state = Mutex(State())

    init(journal: Journal) {
        self.journal = journal
    }

    /// A call on its way, notified when its caller goes away.
    struct Call: Sendable {
        let number: Int
        let words: String
    }

    /// Deals with a call.
    ///
    /// - Parameters:
    ///   - body: the request of a handler.
    ///   - epoch: the attempt's fence.
    ///   - later: calls back after so many milliseconds.
    ///   - answer: is called once, unless the call is cut off before.
    /// - Returns: the call, while it is on its way.
    func take(
        _ body: Data,
        epoch: Int64,
        later: @escaping @Sendable (Int64, @escaping @Sendable () -> Void) -> Void,
        answer: @escaping @Sendable (Answer) -> Void
    ) -> Call? {
        guard let request = try? HandlerCall(body: body) else {
            answer(.status(400, #"{"title":"not a call"}"#))
            return nil
        }
        let (number, times) = state.withLock { state in
            state.lastCall += 1
            return (state.lastCall, state.book.arrive(request.operation, key: request.key, epoch: epoch))
        }
        let words = "\(number) \(request.operation) \(request.step) \(request.isUndo ? "undo" : "run") \(epoch)"
        let call = Call(number: number, words: words)
        guard let times else {
            refuse(call, answer)
            return call
        }
        journal.append("call \(words)") {}
        switch request.act(times) {
        case .work: work(call, request, epoch) { answer($0) }
        case .slow(let time): later(time) { self.work(call, request, epoch) { answer($0) } }
        case .late(let time): work(call, request, epoch) { result in later(time) { answer(result) } }
        case .busy: end(call, .unavailable, with: .status(503, #"{"title":"busy"}"#), answer)
        case .decline: end(call, .declined, with: .status(422, #"{"title":"declined"}"#), answer)
        case .cut: end(call, .cut, with: .cut, answer)
        case .cutAfter: work(call, request, epoch) { _ in self.end(call, .cut, with: .cut, answer) }
        }
        return call
    }

    /// Notes that the caller of `call` went away before it was answered.
    func gone(_ call: Call) {
        journal.append("gone \(call.words)") {}
    }

    private func work(_ call: Call, _ request: HandlerCall, _ epoch: Int64, then: @escaping @Sendable (Answer) -> Void) {
        // Under the lock, so that the journal has the order in which things were done.
        state.withLock { state in
            let event = state.book.work(request.operation, step: request.step, isUndo: request.isUndo, epoch: epoch)
            guard event != .stale else { return refuse(call, then) }
            journal.append("\(event.rawValue) \(call.words)") {
                self.journal.append("answered \(call.words)") {}
                then(.status(200, #"{"receipt":"\#(request.key)"}"#))
            }
        }
    }

    private func refuse(_ call: Call, _ answer: @escaping @Sendable (Answer) -> Void) {
        end(call, .stale, with: .status(409, #"{"title":"a lower epoch than one seen before"}"#), answer)
    }

    private func end(_ call: Call, _ event: LedgerRecord.Event, with result: Answer, _ answer: @escaping @Sendable (Answer) -> Void) {
        journal.append("\(event.rawValue) \(call.words)") { answer(result) }
    }
}

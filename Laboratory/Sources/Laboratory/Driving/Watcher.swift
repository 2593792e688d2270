import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Polls the status of every accepted operation, one reader an operation, and writes down each change it sees.
final class Watcher: Sendable {
    private let rig: Rig
    private let seen = SeenStatuses()

    init(_ rig: Rig) {
        self.rig = rig
    }

    /// Watches until the task is canceled.
    func run() async {
        var round = 0
        while !Task.isCancelled {
            round += 1
            await look(at: Array(rig.tally.open), through: round, isFinal: false)
            // Canceled only when the run is over.
            do { try await Task.sleep(for: .milliseconds(150)) } catch { return }
        }
    }

    /// Looks at every operation once more, also at those that were refused.
    func lookAtAll() async {
        await look(at: rig.tally.accepted + rig.tally.refused, through: 0, isFinal: true)
    }

    private func look(at operations: [String], through api: Int, isFinal: Bool) async {
        await withDiscardingTaskGroup { group in
            let shares = 8
            for share in 0..<shares {
                group.addTask {
                    for number in stride(from: share, to: operations.count, by: shares) where isFinal || !Task.isCancelled {
                        await self.look(at: operations[number], through: api, isFinal: isFinal)
                    }
                }
            }
        }
    }

    private func look(at operation: String, through api: Int, isFinal: Bool) async {
        guard let document = await read(operation, through: api, tries: isFinal ? 20 : 1) else { return }
        let words = "\(operation) \(document.words)"
        if isFinal {
            await rig.statuses.append(words + " final")
        } else if seen.isNew(words, of: operation) {
            await rig.statuses.append(words + " seen")
        }
        // One that was accepted and is not known will not come back; the checker says what that means.
        if document.isEnded || document.needsPerson || document == .absent { rig.tally.end(operation) }
    }

    private func read(_ operation: String, through api: Int, tries: Int) async -> OperationDocument? {
        for number in 0..<tries {
            do {
                let request = HTTPClientRequest(url: rig.url(api + number) + "/v1/operations/\(operation)")
                let response = try await rig.client.execute(request, timeout: .seconds(3))
                let body = try await response.body.collect(upTo: 4 << 20)
                if response.status == .notFound { return .absent }
                if response.status == .ok { return try JSONDecoder().decode(OperationDocument.self, from: Data(body.readableBytesView)) }
            } catch {
                // The API is away; it is asked again.
            }
            if tries > 1 { do { try await Task.sleep(for: .milliseconds(200)) } catch { return nil } }
        }
        return nil
    }
}

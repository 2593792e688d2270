import RedisClient
package import Stepstream

extension RedisStore {
    /// See `ChangeFeed`.
    package func notices(of id: OperationID) -> ChangeNotices {
        hub.watch([keys.partition(of: id).events(id)]) { notice in
            switch notice {
            case .resynchronize: .resynchronize
            case .message(let lines): EventLine.events(in: lines).map(ChangeNotice.events) ?? .resynchronize
            }
        }
    }

    /// See `MessageFeed`.
    package func workerNotices() -> WorkerNotices {
        hub.watch(keys.all.map(\.wake) + keys.all.map(\.cancels)) { notice in
            switch notice {
            case .resynchronize: .resynchronize
            case .message(PauseNotice.text): .pausesChanged
            // A timer's text holds colons, which no ID does.
            case .message(let text): OperationID(text).map(WorkerNotice.cancelRequested) ?? .earlierTimer
            }
        }
    }
}

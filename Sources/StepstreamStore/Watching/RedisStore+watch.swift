import RedisClient
package import Stepstream

extension RedisStore {
    /// See `ChangeFeed`.
    package func notices(of id: OperationID) -> ChangeNotices {
        hub.watch([keys.partition(of: id).events(id)])
    }

    /// See `MessageFeed`.
    package func workerNotices() -> WorkerNotices {
        hub.watch(keys.all.map(\.wake) + keys.all.map(\.cancels))
    }

    /// See `DeliveryStore`.
    package func deliveryNotices() -> AsyncStream<DeliveryNotice> {
        hub.watch(keys.all.map(\.deliveries))
    }
}

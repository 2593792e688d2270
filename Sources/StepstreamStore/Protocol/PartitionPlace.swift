/// How far something has come that goes through the partitions one after the other: `<partition>/<position>`.
struct PartitionPlace {
    let partition: Int
    let position: String

    /// The place in `text`; where the first partition begins if it is none.
    init(_ text: String, start: String) {
        let parts = text.split(separator: "/")
        if parts.count == 2, let number = Int(parts[0]) {
            (partition, position) = (number, String(parts[1]))
        } else {
            (partition, position) = (0, start)
        }
    }

    private init(partition: Int, position: String) {
        self.partition = partition
        self.position = position
    }

    var text: String { "\(partition)/\(position)" }

    /// The place after this one, when Redis has answered `position`; nil at the end of the last partition. Redis answers `start` at an end.
    func next(at position: String, start: String, partitions: Int) -> PartitionPlace? {
        if position != start { return PartitionPlace(partition: partition, position: position) }
        return partition + 1 < partitions ? PartitionPlace(partition: partition + 1, position: start) : nil
    }
}

import Stepstream

/// A try of a delivery as the store keeps it: `{"time":…,"status":…,"fault":…}`; the script writes the time.
enum DeliveryLine {
    /// All but the time.
    static func encodeTry(_ outcome: DeliveryOutcome) -> String {
        var members: [(String, JSONText.Fragment)] = []
        if let status = outcome.status { members.append(("status", .integer(Int64(status)))) }
        if let fault = outcome.fault { members.append(("fault", .string(fault))) }
        let text = JSONText.object(members).text
        return members.isEmpty ? "}" : "," + text.dropFirst()
    }

    static func decodeTry(_ line: String) -> Delivery.Try? {
        do throws(JSONFault) {
            let node = try JSONNode.parse(line)
            guard let time = node.member("time")?.int64 else { return nil }
            return Delivery.Try(
                time: Milliseconds(time),
                status: node.member("status")?.int64.map { Int($0) },
                fault: node.member("fault")?.string
            )
        } catch {
            return nil
        }
    }
}

import Stepstream

/// The members of a submission that are known, each looked up once.
struct SubmissionMembers {
    let type: JSONNode?
    let input: JSONNode?
    let id: JSONNode?
    let metadata: JSONNode?
    let notBefore: JSONNode?
    let callback: JSONNode?
    let resources: JSONNode?
    /// How many there are: no name occurs twice, so others are there only if this is not the number of all.
    let count: Int

    init(of node: JSONNode) {
        type = node.member("type")
        input = node.member("input")
        // Mostly that is all.
        let count = (type == nil ? 0 : 1) + (input == nil ? 0 : 1)
        guard node.count > count else {
            (id, metadata, notBefore, callback, resources) = (nil, nil, nil, nil, nil)
            self.count = count
            return
        }
        id = node.member("id")
        metadata = node.member("metadata")
        notBefore = node.member("notBefore")
        callback = node.member("callback")
        resources = node.member("resources")
        self.count = count + [id, metadata, notBefore, callback, resources].count { $0 != nil }
    }
}

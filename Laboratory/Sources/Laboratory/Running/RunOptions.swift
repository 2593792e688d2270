/// How scenarios are run.
public struct RunOptions: Sendable {
    /// Where the program `stepstream` is; a build with failpoints, for the scenarios that need them.
    public var program: String
    /// In which a folder is made for each run.
    public var folder: String
    /// From which all chance comes; the same number gives the same operations and the same faults, though not the same timing.
    public var seed: UInt64 = 1
    /// How many times as much is done as in the short programme.
    public var factor = 1.0
    /// Planted faults, by name.
    public var mutants: [String] = []
    /// Whether the folder of a run in which nothing broke stays.
    public var keepsFolders = false
    /// A Redis of the user's own, which is then only used: nothing is killed but workers and APIs.
    public var redis: String?
    /// Definitions of the user's own.
    public var definitions: String?
    /// The type of the user's own that is submitted, with its input as JSON.
    public var workload: (type: String, input: String)?

    /// The usual way.
    public init(program: String, folder: String) {
        (self.program, self.folder) = (program, folder)
    }
}

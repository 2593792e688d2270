package import Glibc

/// A program and what it is started with.
///
/// Whatever this process has blocked, ignored or opened, the program starts with no signal blocked or ignored, with exactly this
/// environment, and with no descriptor but those in `descriptors`.
package struct ChildCommand: Sendable {
    /// What a descriptor of the child leads to.
    package enum Source: Sendable, Hashable {
        /// `/dev/null`.
        case null
        /// What this process has under the same number.
        case inherited
        /// A duplicate of this descriptor; closing the original remains the caller's business.
        case descriptor(Int32)
        /// The end of this file, which is made if it does not exist.
        case append(to: String, permissions: mode_t = 0o600)
        /// What a lower descriptor of the child leads to.
        case same(as: Int)
    }

    /// The process group of the child.
    package enum Group: Sendable, Hashable {
        /// One of its own, which it leads: Ctrl-C at the terminal does not reach it, and a signal can be sent to all of its group.
        case own
        /// The group of this process.
        case shared
    }

    /// A path, or a name that is looked up in the PATH of this process.
    package var program: String
    package var arguments: [String]
    package var environment: [String: String]
    /// The working folder; that of this process unless given.
    package var folder: String?
    package var group = Group.own
    /// What the child's descriptors lead to, from standard input (0) on.
    package var descriptors: [Source]

    package init(
        _ program: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        folder: String? = nil,
        group: Group = .own,
        descriptors: [Source] = [.null, .null, .null]
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.group = group
        self.descriptors = descriptors
    }

    /// The environment of this process.
    package static var inheritedEnvironment: [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            next += 1
        }
        return variables
    }
}

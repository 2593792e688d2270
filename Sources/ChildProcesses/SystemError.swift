import Glibc

/// A system call that failed.
package struct SystemError: Error, Sendable, CustomStringConvertible {
    /// The call, or the program or file that it was about.
    package let subject: String
    /// The `errno`.
    package let number: Int32

    package init(_ subject: String, number: Int32 = errno) {
        self.subject = subject
        self.number = number
    }

    /// What the system says about the number.
    package var reason: String { String(cString: strerror(number)) }

    package var description: String { "\(subject): \(reason)" }
}

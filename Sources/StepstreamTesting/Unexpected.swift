/// What a test could not go on from.
package struct Unexpected: Error {
    /// In words.
    package let what: String

    /// Says `what` it is.
    package init(what: String) { self.what = what }
}

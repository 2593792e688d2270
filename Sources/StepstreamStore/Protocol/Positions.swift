/// What stands one behind the other in the keys, the arguments or the answer of a script: a case a position, in order.
///
/// The head of the script names the same row, and the script takes it into locals of these names. ScriptSchemaTests compares the three.
package protocol Positions: CaseIterable, RawRepresentable<Int>, Sendable {}

/// What a script answers of one thing that it was asked for: a case a code.
protocol ScriptCode: CaseIterable, RawRepresentable<String>, Sendable {}

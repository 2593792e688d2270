import Stepstream
import Tracing

extension TraceParent {
    /// A new span of the trace of `parent`; without one, of a new trace.
    init(under parent: TraceParent?) {
        self.init(trace: parent?.trace ?? Self.digits(2), span: Self.digits(1), isSampled: parent?.isSampled ?? true)
    }

    private static func digits(_ words: Int) -> String {
        (0..<words).map { _ in withUnsafeBytes(of: UInt64.random(in: 1 ... .max)) { Hexadecimal.text($0) } }.joined()
    }
}

private enum TraceParentKey: ServiceContextKey {
    typealias Value = TraceParent
}

extension ServiceContext {
    var trace: TraceParent? {
        get { self[TraceParentKey.self] }
        set { self[TraceParentKey.self] = newValue }
    }
}

import Foundation
import Glibc

/// The terminal's other screen, redrawn in place; leaving it shows what was there before.
struct TerminalScreen {
    /// Columns and rows; 80 and 24 where the terminal does not say.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Whether to use colors (https://no-color.org).
    static var isColored: Bool { ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty }

    static func enter() { write("\u{1B}[?1049h\u{1B}[?25l") }

    static func leave() { write("\u{1B}[?25h\u{1B}[?1049l") }

    /// Writes over what stands there, line by line, so that nothing flickers.
    static func draw(_ lines: [String]) {
        write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    private static func write(_ text: String) {
        print(text, terminator: "")
        fflush(nil)
    }
}

/// The elements that pages are made of. None of them takes a script or a style as its content.
enum Tag: String {
    case html, head, meta, title, link, script, body
    case header, nav, main, footer, section, h1, h2, h3, p, div, span, a, strong, em, small, br
    case ul, ol, li, dl, dt, dd, pre, code, time, details, summary
    case table, caption, thead, tbody, tr, th, td
    case form, input, select, option, textarea, button, label, fieldset, legend
    case svg, g, rect, line, path, text, circle

    /// Whether it has no content and no end.
    var isVoid: Bool {
        switch self {
        case .meta, .link, .br, .input: true
        case .html, .head, .title, .script, .body, .header, .nav, .main, .footer, .section, .h1, .h2, .h3, .p, .div, .span, .a, .strong,
            .em, .small, .ul, .ol, .li, .dl, .dt, .dd, .pre, .code, .time, .details, .summary, .table, .caption, .thead, .tbody, .tr, .th,
            .td, .form, .select, .option, .textarea, .button, .label, .fieldset, .legend, .svg, .g, .rect, .line, .path, .text, .circle:
            false
        }
    }
}

/// One number with its name.
struct StatTile {
    let name: String
    let value: String
    var note = ""
    var tone: Pill.Tone?
    var link: Link?

    var html: HTML {
        if let link {
            HTML(.a, .class(classes), .href(link)) { inside }
        } else {
            HTML(.div, .class(classes)) { inside }
        }
    }

    private var classes: String { "tile" + (tone.map { " \($0.rawValue)" } ?? "") }

    private var inside: HTML {
        .joined([
            HTML(.span, .class("name")) { name }, HTML(.span, .class("value")) { value }, HTML(.span, .class("note")) { note },
        ])
    }
}

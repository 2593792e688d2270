/// An attribute of an element. Those that hold an address take a `Link` only, and there is none that holds a script.
struct Attribute: Sendable {
    let name: String
    let value: String

    private init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// The attributes whose value is any text.
    enum Plain: String {
        case `class`, id, name, value, type, lang, charset, content, rel, role, title, datetime, placeholder, method, colspan, scope,
            tabindex
        case label, popover, popovertarget, autocomplete, spellcheck, inputmode, maxlength, rows, `for`
        case hidden, checked, selected, disabled, required, multiple, open, `defer`
        case ariaLabel = "aria-label"
        case ariaCurrent = "aria-current"
        case ariaLive = "aria-live"
        case ariaHidden = "aria-hidden"
        case dataLive = "data-live"
        case dataEvents = "data-events"
        case dataKinds = "data-kinds"
        case dataRow = "data-row"
        case dataAll = "data-all"
        case viewBox, x, y, x1, x2, y1, y2, width, height, d, r, cx, cy, rx
        case textAnchor = "text-anchor"
        case preserveAspectRatio
    }

    static func set(_ name: Plain, _ value: String) -> Attribute { Attribute(name.rawValue, value) }
    static func set(_ name: Plain, _ value: Int) -> Attribute { Attribute(name.rawValue, String(value)) }
    /// A number of a drawing, with two decimals.
    static func set(_ name: Plain, _ value: Double) -> Attribute { Attribute(name.rawValue, Format.decimal(value)) }
    /// An attribute that says something by being there.
    static func flag(_ name: Plain, _ isThere: Bool = true) -> Attribute? { isThere ? Attribute(name.rawValue, "") : nil }

    static func `class`(_ names: String) -> Attribute { set(.class, names) }
    static func id(_ id: String) -> Attribute { set(.id, id) }
    static func href(_ link: Link) -> Attribute { Attribute("href", link.text) }
    static func src(_ link: Link) -> Attribute { Attribute("src", link.text) }
    static func action(_ link: Link) -> Attribute { Attribute("action", link.text) }
    static func live(_ link: Link) -> Attribute { Attribute("data-live", link.text) }
    static func events(_ link: Link) -> Attribute { Attribute("data-events", link.text) }
}

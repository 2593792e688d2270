/// An attribute of an element. Those that hold an address take a `Link` only, and there is none that holds a script.
struct Attribute: Sendable {
    let name: String
    let value: String

    private init(_ name: String, value: String) {
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

    static func set(_ name: Plain, to value: String) -> Attribute { Attribute(name.rawValue, value: value) }
    static func set(_ name: Plain, to value: Int) -> Attribute { Attribute(name.rawValue, value: String(value)) }
    /// A number of a drawing, with two decimals.
    static func set(_ name: Plain, to value: Double) -> Attribute { Attribute(name.rawValue, value: Format.decimal(value)) }
    /// An attribute that says something by being there.
    static func flag(_ name: Plain, isThere: Bool = true) -> Attribute? { isThere ? Attribute(name.rawValue, value: "") : nil }

    static func `class`(_ names: String) -> Attribute { set(.class, to: names) }
    static func id(_ id: String) -> Attribute { set(.id, to: id) }
    static func href(_ link: Link) -> Attribute { Attribute("href", value: link.text) }
    static func src(_ link: Link) -> Attribute { Attribute("src", value: link.text) }
    static func action(_ link: Link) -> Attribute { Attribute("action", value: link.text) }
    static func live(_ link: Link) -> Attribute { Attribute("data-live", value: link.text) }
    static func events(_ link: Link) -> Attribute { Attribute("data-events", value: link.text) }
}

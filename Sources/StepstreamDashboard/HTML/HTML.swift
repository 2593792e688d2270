import StepstreamAPI

/// A piece of a page. It is made of elements and text only, and text is escaped when it becomes one: there is no way to put markup in.
struct HTML: Sendable {
    /// As it is sent.
    private(set) var markup: String

    /// Nothing.
    init() {
        markup = ""
    }

    /// `text`, shown as it is.
    init(_ text: String) {
        markup = ""
        markup.appendEscaped(text)
    }

    /// An element.
    init(_ tag: Tag, _ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) {
        self.init(tag, attributes: attributes, content: content())
    }

    /// An element without content.
    init(_ tag: Tag, _ attributes: Attribute?...) {
        self.init(tag, attributes: attributes, content: HTML())
    }

    private init(_ tag: Tag, attributes: [Attribute?], content: HTML) {
        markup = "<\(tag.rawValue)"
        for attribute in attributes {
            guard let attribute else { continue }
            markup += " \(attribute.name)=\""
            markup.appendEscaped(attribute.value)
            markup += "\""
        }
        markup += ">"
        guard !tag.isVoid else { return }
        markup += content.markup
        markup += "</\(tag.rawValue)>"
    }

    /// A whole document.
    static func document(_ content: HTML) -> HTML {
        var document = HTML()
        document.markup = "<!doctype html>\n" + content.markup + "\n"
        return document
    }

    /// Pieces one behind the other.
    static func joined(_ pieces: [HTML]) -> HTML {
        var all = HTML()
        for piece in pieces { all.markup += piece.markup }
        return all
    }
}

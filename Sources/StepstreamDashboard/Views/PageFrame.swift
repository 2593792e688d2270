import Stepstream
import StepstreamAPI

/// What every page has around its content.
struct PageFrame {
    /// A place in the menu.
    enum Section: String, CaseIterable {
        case overview, operations, attention, queues, webhooks, topology

        var title: String {
            switch self {
            case .overview: "Overview"
            case .operations: "Operations"
            case .attention: "Attention"
            case .queues: "Queues"
            case .webhooks: "Webhooks"
            case .topology: "Topology"
            }
        }

        var link: Link {
            switch self {
            case .overview: .overview
            case .operations: .operations
            case .attention: .attention
            case .queues: .queues
            case .webhooks: .webhooks
            case .topology: .topology
            }
        }
    }

    let title: String
    let section: Section?
    /// Where the page hears what has changed; nil: only the numbers in the menu change.
    var live: LiveTopic = .numbers
    let attention: Int?
    let content: HTML

    var html: HTML {
        .document(
            HTML(.html, .set(.lang, to: "en")) {
                head
                HTML(.body, .live(.live(live))) {
                    HTML(.a, .class("skip"), .href(.content)) { "Skip to content" }
                    bar
                    HTML(.main, .id("content"), .set(.tabindex, to: -1)) { content }
                    keys
                    if live == .lists { Self.mark("") }
                }
            }
        )
    }

    private var head: HTML {
        HTML(.head) {
            HTML(.meta, .set(.charset, to: "utf-8"))
            HTML(.meta, .set(.name, to: "viewport"), .set(.content, to: "width=device-width, initial-scale=1"))
            HTML(.meta, .set(.name, to: "color-scheme"), .set(.content, to: "light dark"))
            HTML(.meta, .set(.name, to: "referrer"), .set(.content, to: "same-origin"))
            HTML(.title) { title + " · Stepstream" }
            HTML(.link, .set(.rel, to: "stylesheet"), .href(Asset.style.link))
            HTML(.script, .src(Asset.script.link), .flag(.defer))
        }
    }

    private var bar: HTML {
        HTML(.header, .class("bar")) {
            HTML(.a, .class("brand"), .href(.overview)) { "Stepstream" }
            HTML(.nav, .set(.ariaLabel, to: "Pages")) {
                for section in Section.allCases {
                    HTML(.a, .href(section.link), section == self.section ? .set(.ariaCurrent, to: "page") : nil) {
                        section.title
                        if section == .attention { Self.badge(attention) }
                    }
                }
            }
            HTML(.form, .class("find"), .set(.method, to: "get"), .action(.operations), .set(.role, to: "search")) {
                HTML(
                    .input,
                    .set(.type, to: "search"),
                    .set(.name, to: "id"),
                    .set(.placeholder, to: "Operation ID  /"),
                    .set(.ariaLabel, to: "Find an operation by its ID"),
                    .set(.autocomplete, to: "off"),
                    .set(.spellcheck, to: "false"),
                    .id("find")
                )
            }
            HTML(.span, .class("link-state"), .id("link-state"), .set(.role, to: "status"))
        }
    }

    /// How many operations need a person: a region that changes by itself.
    static func badge(_ count: Int?) -> HTML {
        HTML(.span, .id("attention-count"), .class(count ?? 0 > 0 ? "badge" : "badge none")) { count.map { Format.count($0) } ?? "" }
    }

    /// By this a page sees that something has happened since it was made.
    static func mark(_ text: String) -> HTML {
        HTML(.span, .id("change-mark"), .flag(.hidden)) { text }
    }

    private var keys: HTML {
        HTML(.footer) {
            HTML(.span) { "Times are UTC" }
            HTML(.span, .class("keys")) {
                HTML(.code) { "/" }
                " find "
                HTML(.code) { "j" }
                " "
                HTML(.code) { "k" }
                " rows "
                HTML(.code) { "Enter" }
                " open "
                HTML(.code) { "r" }
                " reload"
            }
        }
    }
}

import Stepstream
import StepstreamAPI

/// Operations, newest first, a page at a time.
struct OperationsPage {
    let page: ListPage
    let filter: OperationFilter
    let types: [Name]

    var content: HTML {
        .joined([
            HTML(.h1) { "Operations" },
            form,
            HTML(.div, .id("list")) {
                OperationTable(operations: page.operations, empty: empty).html
                pager
            },
        ])
    }

    private var empty: String {
        page.nextPageToken == nil ? "No operation matches." : "No match so far. Older operations have not been searched yet: continue."
    }

    private var form: HTML {
        HTML(.form, .class("filters"), .set(.method, to: "get"), .action(.operations)) {
            HTML(.label) {
                "Status"
                HTML(.select, .set(.name, to: "status")) {
                    option("", words: "any", chosen: filter.status)
                    option("live", words: "live (not ended)", chosen: filter.status)
                    for status in Status.allCases { option(status.rawValue, words: Pill(status).words, chosen: filter.status) }
                }
            }
            HTML(.label) {
                "Type"
                HTML(.select, .set(.name, to: "type")) {
                    option("", words: "any", chosen: filter.type)
                    for type in types { option(type.text, words: type.text, chosen: filter.type) }
                }
            }
            HTML(.label) {
                "Created since"
                HTML(.select, .set(.name, to: "since")) {
                    for since in OperationFilter.Since.allCases {
                        option(since.rawValue, words: since.words, chosen: filter.since.rawValue)
                    }
                }
            }
            HTML(.button, .set(.type, to: "submit")) { "Filter" }
            if filter.isSet { HTML(.a, .href(.operations)) { "Clear" } }
        }
    }

    private func option(_ value: String, words: String, chosen: String) -> HTML {
        HTML(.option, .set(.value, to: value), .flag(.selected, isThere: value == chosen)) { words }
    }

    private var pager: HTML {
        HTML(.div, .class("pager")) {
            if filter.page != nil { HTML(.a, .href(.operations(filter.query))) { "Newest" } }
            if let token = page.nextPageToken {
                HTML(.a, .href(.operations(filter.query + [("page", token)])), .set(.rel, to: "next")) { "Older" }
            }
        }
    }
}

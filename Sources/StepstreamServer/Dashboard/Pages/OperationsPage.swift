import Stepstream

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
        page.nextPageToken == nil ? "No operation matches." : "None of those looked at matches. There are older ones: go on."
    }

    private var form: HTML {
        HTML(.form, .class("filters"), .set(.method, "get"), .action(.operations)) {
            HTML(.label) {
                "Status"
                HTML(.select, .set(.name, "status")) {
                    option("", "any", filter.status)
                    option("live", "live (not ended)", filter.status)
                    for status in Status.allCases { option(status.rawValue, Pill(status).words, filter.status) }
                }
            }
            HTML(.label) {
                "Type"
                HTML(.select, .set(.name, "type")) {
                    option("", "any", filter.type)
                    for type in types { option(type.text, type.text, filter.type) }
                }
            }
            HTML(.label) {
                "Created since"
                HTML(.select, .set(.name, "since")) {
                    for since in OperationFilter.Since.allCases { option(since.rawValue, since.words, filter.since.rawValue) }
                }
            }
            HTML(.button, .set(.type, "submit")) { "Filter" }
            if filter.isSet { HTML(.a, .href(.operations)) { "Clear" } }
        }
    }

    private func option(_ value: String, _ words: String, _ chosen: String) -> HTML {
        HTML(.option, .set(.value, value), .flag(.selected, value == chosen)) { words }
    }

    private var pager: HTML {
        HTML(.div, .class("pager")) {
            if filter.page != nil { HTML(.a, .href(.operations(filter.query))) { "Newest" } }
            if let token = page.nextPageToken {
                HTML(.a, .href(.operations(filter.query + [("page", token)])), .set(.rel, "next")) { "Older" }
            }
        }
    }
}

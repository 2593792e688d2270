/// A form that changes something; it carries what proves that it is ours.
struct PostForm {
    let link: Link
    let access: PageAccess
    var id: String?

    /// The name of the field that carries the token.
    static let tokenField = "token"

    func html(@HTMLBuilder content: () -> HTML) -> HTML {
        HTML(.form, .set(.method, to: "post"), .action(link), id.map { .id($0) }) {
            HTML(.input, .set(.type, to: "hidden"), .set(.name, to: Self.tokenField), .set(.value, to: access.token))
            content()
        }
    }
}

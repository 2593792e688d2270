extension StoreRoles {
    /// The same roles, with what happens to operations measured.
    package func observed(by observer: OperationObserver) -> StoreRoles {
        var roles = self
        roles.submissions = ObservedSubmissions(store: submissions, observer: observer)
        roles.editor = ObservedEditor(store: editor, observer: observer)
        roles.deleter = ObservedDeleter(store: deleter, observer: observer)
        roles.work = ObservedWork(store: work, observer: observer)
        return roles
    }
}

/// Definition files that several tests use.
enum Sample {
    /// One async step that calls `/work`, repeated soon.
    static let work = """
        type: work
        steps:
          - name: work
            handler: { http: { url: "HANDLERS/work" } }
            retry: { attempts: 4, firstDelay: 10ms, maxDelay: 50ms }
        """

    /// A sync step that calls `/reserve`, then an async one that calls `/charge`.
    static let order = """
        type: order
        description: Reserve, then charge.
        inputSchema: { type: object, required: [amount], properties: { amount: { type: integer, minimum: 1 } } }
        steps:
          - name: reserve
            mode: sync
            handler: { http: { url: "HANDLERS/reserve" } }
            undo: { handler: { http: { url: "HANDLERS/release" } } }
          - name: charge
            queue: payments
            handler: { http: { url: "HANDLERS/charge" } }
            retry: { attempts: 2, firstDelay: 10ms, maxDelay: 50ms }
        """
}

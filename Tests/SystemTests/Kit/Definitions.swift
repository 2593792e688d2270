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

    /// A step before the answer that calls `/reserve` and is undone by `/release`, then one that calls `/charge`; both undo and charge are
    /// tried again.
    static let patientOrder = """
        type: order
        steps:
          - name: reserve
            mode: sync
            handler: { http: { url: "HANDLERS/reserve" } }
            undo: { handler: { http: { url: "HANDLERS/release" } }, retry: { attempts: 3, firstDelay: 10ms, maxDelay: 50ms } }
          - name: charge
            handler: { http: { url: "HANDLERS/charge" } }
            retry: { attempts: 4, firstDelay: 10ms, maxDelay: 50ms }
        """

    /// A step that calls `/pay` and is held when nobody knows what it did, then one that calls `/send`.
    static let payment = """
        type: payment
        deadline: 1h
        steps:
          - name: pay
            handler: { http: { url: "HANDLERS/pay" } }
            onUnknown: hold
            undo: { handler: { http: { url: "HANDLERS/refund" } }, retry: { attempts: 1 } }
          - name: send
            handler: { http: { url: "HANDLERS/send" } }
        """

    /// A step that calls `/pay`, and asks at `/ask` when nobody knows what it did.
    static let probed = """
        type: probed
        steps:
          - name: pay
            handler: { http: { url: "HANDLERS/pay" } }
            retry: { attempts: 4, firstDelay: 10ms, maxDelay: 50ms }
            onUnknown: probe
            probe: { handler: { http: { url: "HANDLERS/ask" } }, timeout: 5s }
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

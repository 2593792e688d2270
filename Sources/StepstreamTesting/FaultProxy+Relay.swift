import NIOCore

extension FaultProxy {
    /// Reads one side of a connection and writes to the other, with the faults of its direction.
    final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        /// Past so many bytes held back the source is not read, so that it feels a slow reader as it would without a proxy.
        private static let heldLimit = 64 << 10

        private let source: any Channel
        private let direction: Direction
        private let flow: Flow
        private let peer: any Channel
        private var held: CircularBuffer<(bytes: ByteBuffer, due: NIODeadline)> = []
        private var heldBytes = 0
        private var wakeUp: Scheduled<Void>?
        private var isReading = true
        private var hasEnded = false

        init(_ direction: Direction, flow: Flow, source: any Channel, peer: any Channel) {
            self.source = source
            self.direction = direction
            self.flow = flow
            self.peer = peer
        }

        func channelActive(context: ChannelHandlerContext) {
            if direction == .toServer { peer.setOption(.autoRead, value: true).whenComplete { _ in } }
            context.fireChannelActive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            heldBytes += bytes.readableBytes
            let delay = TimeAmount(flow.faults(direction).delay)
            held.append((bytes, max(.now() + delay, held.last?.due ?? .now())))
            returnUnbegun()
        }

        func channelInactive(context: ChannelHandlerContext) {
            hasEnded = true
            returnUnbegun()
            context.fireChannelInactive()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            // A reset on this side is what tests make; the other side notices by the close that follows.
            context.close(promise: nil)
        }

        /// Hands on what the faults let through now; on the channels' event loop.
        func returnUnbegun() {
            wakeUp?.cancel()
            wakeUp = nil
            while let first = held.first {
                guard first.due <= .now() else {
                    schedule(at: first.due)
                    break
                }
                let count = flow.take(first.bytes.readableBytes, direction: direction)
                guard count > 0, let piece = held[held.startIndex].bytes.readSlice(length: count) else { break }
                heldBytes -= count
                if held[held.startIndex].bytes.readableBytes == 0 { held.removeFirst() }
                peer.writeAndFlush(piece, promise: nil)
                let faults = flow.faults(direction)
                if !held.isEmpty, faults.chunkSize != nil, faults.chunkInterval > .zero {
                    schedule(at: .now() + TimeAmount(faults.chunkInterval))
                    break
                }
            }
            adjustReading()
            if hasEnded, held.isEmpty { peer.close(promise: nil) }
        }

        private func schedule(at time: NIODeadline) {
            let relay = NIOLoopBound(self, eventLoop: source.eventLoop)
            wakeUp = source.eventLoop.scheduleTask(deadline: time) { relay.value.returnUnbegun() }
        }

        private func adjustReading() {
            let wanted = heldBytes < Self.heldLimit
            guard wanted != isReading, !hasEnded else { return }
            isReading = wanted
            source.setOption(.autoRead, value: wanted).whenComplete { _ in }
        }
    }
}

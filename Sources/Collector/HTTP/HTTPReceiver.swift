package import AgentConfig
import HTTPTypes
import Hummingbird
import LogStore

/// What the routes that receive have in common: taking in a body, storing its events, the answer when that fails.
package struct HTTPReceiver: Sendable {
    let intake: Intake
    let limits: CollectorLimits
    private let reader: RequestBodyReader

    package init(_ intake: Intake, _ limits: CollectorLimits) {
        self.intake = intake
        self.limits = limits
        reader = RequestBodyReader(intake: intake, limit: limits.body, stallTimeout: limits.stallTimeout)
    }

    func body(_ request: Request, _ context: CollectorContext) async throws -> HeldBody {
        do {
            return try await reader.read(request, context)
        } catch let failure as RequestFailure {
            if failure.status == 429 { intake.counters.update(.bulk) { $0.overloads += 1 } }
            throw failure
        }
    }

    /// Stores the events of a request.
    /// - Parameter body: what they were made of; its part of the budget is theirs until they are stored.
    /// - Returns: what became of each, in order.
    func store(
        _ batch: consuming EventBatch, _ body: HeldBody, _ protocol: CollectorProtocol, _ request: Request,
        _ context: CollectorContext
    ) async throws -> [StoredAs] {
        let (events, wrapped) = batch.finish()
        try body.recharge(events.bytes.count)
        let agent = request.headers[.userAgent].map { String($0.prefix(100)) } ?? ""
        let client = Client(`protocol`, address: context.clientAddress, userAgent: agent)
        do {
            let stored = try await intake.store(events, wrapped: wrapped, from: client)
            withExtendedLifetime(body) {}
            return stored
        } catch {
            throw error.code == .overloaded ? RequestFailure.overloaded : RequestFailure.unavailable
        }
    }
}

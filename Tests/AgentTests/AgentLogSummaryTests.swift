import Agent
import Logging
import Publishing
import Testing

struct AgentLogSummaryTests {
    @Test func `nothing happened, nothing is said`() {
        let status = StatusExample.agent()
        #expect(AgentLogSummary.lines(from: status, to: StatusExample.agent(after: 90_000)).isEmpty)
    }

    @Test func `a pipeline that moved tells what it did in between`() throws {
        let earlier = StatusExample.agent([StatusExample.pipeline("a"), StatusExample.pipeline("b")])
        var moved = StatusExample.pipeline("b")
        moved.readBytes += 3000
        moved.settled[0] = PipelineStatus.Settled(reason: "delivered", bytes: 903_000)
        moved.eventsDelivered += 10
        let later = StatusExample.agent([StatusExample.pipeline("a"), moved], after: 90_000)
        let lines = AgentLogSummary.lines(from: earlier, to: later)
        let fields = try #require(lines.first)
        #expect(lines.count == 1)
        #expect(fields["pipeline"] == "b")
        #expect(fields["read.bytes"]?.description == "3000")
        #expect(fields["delivered.events"]?.description == "10")
        #expect(fields["settled.bytes_per_second"]?.description == "100")
        #expect(fields["lag.seconds"] == "1.500")
        #expect(fields["retries"] == nil)
    }

    @Test func `an output that begins to fail is told though nothing moved`() throws {
        var failing = StatusExample.pipeline()
        failing.lastFailure = "connection refused"
        failing.retries += 4
        let lines = AgentLogSummary.lines(
            from: StatusExample.agent(), to: StatusExample.agent([failing], after: 90_000))
        let fields = try #require(lines.first)
        #expect(fields["output.failure"] == "connection refused")
        #expect(fields["retries"]?.description == "4")
    }

    @Test func `the first summary counts from the start`() throws {
        let fields = try #require(AgentLogSummary.lines(from: nil, to: StatusExample.agent()).first)
        #expect(fields["read.bytes"]?.description == "1000000")
        #expect(fields["settled.bytes_per_second"]?.description == "15835")
    }
}

struct RepeatedWarningTests {
    private let start = ContinuousClock.now

    @Test func `the first one is told at once, the next ones together after a minute`() {
        var warning = RepeatedWarning()
        #expect(warning.occurred(at: start) == 1)
        #expect(warning.occurred(3, at: start + .seconds(1)) == nil)
        #expect(warning.occurred(at: start + .seconds(59)) == nil)
        #expect(warning.occurred(at: start + .seconds(60)) == 5)
        #expect(warning.occurred(at: start + .seconds(61)) == nil)
        #expect(warning.total == 7)
    }

    @Test func `what was not told is told in the end, once`() {
        var warning = RepeatedWarning(every: .seconds(10))
        #expect(warning.flush() == nil)
        _ = warning.occurred(at: start)
        _ = warning.occurred(2, at: start + .seconds(1))
        #expect(warning.flush() == 2)
        #expect(warning.flush() == nil)
    }
}

import Publishing
import Testing

@testable import Agent

@Suite struct QuietMemoryTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    @Test func `memory is given back once, a moment after the last work`() {
        var memory = QuietMemory()
        var releases = 0
        #expect(memory.quiet(now: start) { releases += 1 } == start + QuietMemory.delay)
        #expect(releases == 0)
        #expect(memory.quiet(now: start + QuietMemory.delay) { releases += 1 } == nil)
        #expect(memory.quiet(now: start + .seconds(3600)) { releases += 1 } == nil)
        #expect(releases == 1)
    }

    @Test func `work in between begins the wait anew`() {
        var memory = QuietMemory()
        var releases = 0
        _ = memory.quiet(now: start) { releases += 1 }
        memory.busy()
        let later = start + .seconds(2)
        #expect(memory.quiet(now: later) { releases += 1 } == later + QuietMemory.delay)
        #expect(memory.quiet(now: start + QuietMemory.delay) { releases += 1 } == later + QuietMemory.delay)
        #expect(releases == 0)
    }

    @Test func `a pipeline with a line now and then does not do it after each`() {
        var memory = QuietMemory()
        var releases = 0
        _ = memory.quiet(now: start) { releases += 1 }
        _ = memory.quiet(now: start + QuietMemory.delay) { releases += 1 }
        memory.busy()
        let again = start + QuietMemory.delay + QuietMemory.pause
        #expect(memory.quiet(now: start + .seconds(10)) { releases += 1 } == again)
        #expect(memory.quiet(now: again) { releases += 1 } == nil)
        #expect(releases == 2)
    }
}

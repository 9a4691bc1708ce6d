import Agent
import Testing

struct ProgressTests {
    private func progress(_ seconds: Double, settled: UInt64, read: UInt64? = nil, total: UInt64? = 1000)
        -> ShipProgress
    {
        var progress = ShipProgress()
        progress.elapsed = .milliseconds(Int64(seconds * 1000))
        progress.totalBytes = total
        progress.readBytes = read ?? settled
        progress.settledBytes = settled
        return progress
    }

    @Test func `the bar shows what is settled, what is read, and the rest`() {
        let view = ProgressView(
            progress: progress(2, settled: 412_300_000, read: 600_000_000, total: 1_000_000_000), rate: 187_200_000)
        #expect(
            ProgressBar.render(view, width: 80)
                == "[==========-----          ]   41 %  412.3 MB of 1.0 GB  187.2 MB/s  3.1 s left")
    }

    @Test(arguments: [1, 8, 20, 40, 60, 80, 120, 400])
    func `the line is never wider than the terminal`(_ width: Int) {
        var long = progress(2, settled: 412_300_000, total: 1_000_000_000)
        long.lastFailure = "logs.example:5044: connection refused"
        for view in [
            ProgressView(progress: long, rate: 187_200_000),
            ProgressView(progress: progress(2, settled: 5, total: nil), rate: nil),
        ] {
            #expect(ProgressBar.render(view, width: width).count <= width)
        }
    }

    @Test(arguments: [
        (UInt64(0), "  0 %"), (9, "  0 %"), (50, "  5 %"), (999, " 99 %"), (1000, "100 %"),
    ])
    func `the share is said in whole percent, and 100 only when it is so`(_ settled: UInt64, _ text: String) {
        #expect(
            ProgressBar.render(ProgressView(progress: progress(1, settled: settled), rate: nil), width: 30).contains(
                text))
    }

    @Test func `without a total there is no bar and no time left`() {
        let view = ProgressView(progress: progress(1, settled: 1500, total: nil), rate: 1500)
        #expect(ProgressBar.render(view, width: 80) == "1.5 kB  1.5 kB/s")
        #expect(view.remaining == nil)
    }

    @Test func `the rate is that of late, and the time left follows from it`() {
        var meter = ProgressMeter()
        #expect(meter.update(progress(0, settled: 0, total: 10_000)).rate == nil)
        #expect(meter.update(progress(1, settled: 1000, total: 10_000)).rate == 1000)
        let slower = meter.update(progress(2, settled: 1125, total: 10_000))
        #expect(slower.rate == 500)
        #expect(slower.remaining == .milliseconds(17_750))
        #expect(meter.update(progress(2.01, settled: 9000, total: 10_000)).rate == 500)
    }

    @Test func `an empty file is done at once`() {
        #expect(ProgressView(progress: progress(0, settled: 0, total: 0), rate: nil).share == 1)
    }

    @Test func `the closing line says how it ended`() {
        var done = progress(2, settled: 2_000_000, total: 2_000_000)
        done.eventsDelivered = 12_345
        #expect(
            ProgressBar.summary(ShipResult(status: .success, progress: done))
                == "2.0 MB in 2.0 s (1.0 MB/s), 12,345 events delivered, every byte is settled")
        var half = progress(70, settled: 1_000_000, total: 2_000_000)
        half.resumedBytes = 300_000
        half.eventsRejected = 2
        half.retries = 3
        var result = ShipResult(status: .notDelivered, progress: half)
        result.interrupted = true
        #expect(
            ProgressBar.summary(result)
                == "1.0 MB of 2.0 MB in 1:10 (10.0 kB/s), 0 events delivered, 2 refused, 3 deliveries sent again; "
                + "interrupted")
    }

    @Test func `a script gets one object a line`() {
        let view = ProgressView(progress: progress(1.5, settled: 10, read: 20), rate: 7.9)
        #expect(
            ProgressJSON.line(view)
                == #"{"elapsed_seconds":1.500,"files":0,"files_done":0,"total_bytes":1000,"read_bytes":20,"#
                + #""settled_bytes":10,"resumed_bytes":0,"events_delivered":0,"events_rejected":0,"retries":0,"#
                + #""bytes_per_second":7,"last_failure":null,"done":false}"#)
        let last = ProgressJSON.line(ShipResult(status: .notDelivered, progress: progress(1, settled: 10)))
        #expect(
            last.hasSuffix(
                #""done":true,"complete":false,"interrupted":false,"exit_status":75,"messages":[]}"#))
    }

    @Test(arguments: [
        (UInt64(0), "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"),
        (1_234_567_890, "1.2 GB"), (UInt64.max, "18.4 EB"),
    ])
    func `bytes are read as people say them`(_ count: UInt64, _ text: String) {
        #expect(HumanText.bytes(count) == text)
    }

    @Test(arguments: [
        (Duration.zero, "0.0 s"), (.milliseconds(9940), "9.9 s"), (.milliseconds(9960), "10 s"), (.seconds(59), "59 s"),
        (.milliseconds(59_600), "1:00"), (.seconds(65), "1:05"), (.seconds(7384), "2:03:04"),
        (.seconds(86_400 * 3), "3 days"),
    ])
    func `times are read as people say them`(_ duration: Duration, _ text: String) {
        #expect(HumanText.duration(duration) == text)
    }

    @Test(arguments: [
        (Duration.microseconds(420), "0.42 ms"), (.microseconds(9990), "9.99 ms"), (.microseconds(12_340), "12.3 ms"),
        (.milliseconds(1500), "1500.0 ms"),
    ])
    func `short times are told in milliseconds`(_ duration: Duration, _ text: String) {
        #expect(HumanText.milliseconds(duration) == text)
    }

    @Test func `numbers have separators and rounded decimals`() {
        #expect([0, 12, 1234, 1_234_567].map { HumanText.count($0) } == ["0", "12", "1,234", "1,234,567"])
        #expect(HumanText.decimal(2.345, places: 1) == "2.3")
        #expect(HumanText.decimal(-0.04, places: 1) == "0.0")
        #expect(HumanText.decimal(-1.06, places: 1) == "-1.1")
        #expect(HumanText.decimal(7.5, places: 0) == "8")
        #expect(HumanText.decimal(0.007, places: 3) == "0.007")
    }
}

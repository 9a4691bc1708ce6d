import Glibc

/// What a case took.
///
/// - Units: `wall` and `cpu` in seconds, CPU of all threads, user and system; `peak` in bytes of resident memory, of
///   which what was prepared is a part.
struct Measurement {
    let work: BenchCase.Work
    let wall: Double
    let cpu: Double
    let peak: Int

    init(_ body: () throws -> BenchCase.Work) throws {
        ProcessUsage.resetPeak()
        let begun = ContinuousClock.now
        let cpuBefore = ProcessUsage.cpuSeconds()
        work = try body()
        cpu = ProcessUsage.cpuSeconds() - cpuBefore
        wall = (ContinuousClock.now - begun) / .seconds(1)
        peak = ProcessUsage.peakBytes()
    }

    /// `escape             3102345 lines/s    981.2 MB/s    1.02 CPU s/GB     12.3 MB peak RSS`.
    func line(name: String) -> String {
        let gigabytes = Double(work.bytes) / 1e9
        let columns = [
            (Measurement.fixed(Double(work.lines) / wall, places: 0), "lines/s"),
            (Measurement.fixed(gigabytes * 1e3 / wall, places: 1), "MB/s"),
            (Measurement.fixed(cpu / gigabytes, places: 2), "CPU s/GB"),
            (Measurement.fixed(Double(peak) / 1e6, places: 1), "MB peak RSS"),
        ]
        let padded = name + String(repeating: " ", count: max(0, 18 - name.count))
        return columns.reduce(padded) { text, column in
            text + String(repeating: " ", count: max(1, 11 - column.0.count)) + "\(column.0) \(column.1)"
        }
    }

    /// A number with so many decimal places.
    private static func fixed(_ value: Double, places: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "-" }
        let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
        let scaled = Int((value * Double(scale)).rounded())
        if places == 0 { return "\(scaled)" }
        let digits = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: places - digits.count) + digits
    }
}

/// What the kernel says of this process.
enum ProcessUsage {
    /// CPU seconds of all threads, user and system.
    static func cpuSeconds() -> Double {
        let usage = current()
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Forgets the peak of the cases before (proc(5), clear_refs). Where that is not allowed it counts from the start
    /// of the process.
    static func resetPeak() {
        let file = unsafe open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = unsafe write(file, "5", 1)
        close(file)
    }

    /// Most resident memory since `resetPeak`: `VmHWM` of proc(5), which getrusage(2) does not follow.
    static func peakBytes() -> Int {
        let file = unsafe open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return current().ru_maxrss * 1024 }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 8192)
        let count = unsafe read(file, &text, text.count)
        let lines = text.prefix(max(0, count)).split(separator: 0x0a)
        guard let line = lines.first(where: { $0.starts(with: "VmHWM:".utf8) }) else {
            return current().ru_maxrss * 1024
        }
        let kilobytes = line.filter { (0x30...0x39).contains($0) }.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return kilobytes * 1024
    }

    private static func current() -> rusage {
        var usage = rusage()
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}

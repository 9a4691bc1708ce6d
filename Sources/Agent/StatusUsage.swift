import CShim
import Glibc

/// What the process itself takes, read when somebody asks.
///
/// - Errors: a value that can't be read is 0.
/// - Source: getrusage(2), proc(5).
package struct ProcessUsage: Sendable, Equatable {
    package var cpu: Duration
    package var residentBytes: UInt64
    package var openDescriptors: Int

    package init(cpu: Duration, residentBytes: UInt64, openDescriptors: Int) {
        self.cpu = cpu
        self.residentBytes = residentBytes
        self.openDescriptors = openDescriptors
    }

    package static func current() -> ProcessUsage {
        ProcessUsage(cpu: processorTime(), residentBytes: residentMemory(), openDescriptors: descriptors())
    }

    private static func processorTime() -> Duration {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return .zero }
        return .seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }

    /// The second number of `/proc/self/statm`, in pages.
    private static func residentMemory() -> UInt64 {
        let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = unsafe read(file, &bytes, bytes.count)
        guard count > 0 else { return 0 }
        let numbers = bytes[..<count].split(separator: UInt8(ascii: " "))
        guard numbers.count > 1, let pages = UInt64(String(decoding: numbers[1], as: UTF8.self)) else { return 0 }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Entries of `/proc/self/fd`, without the one that reads it.
    private static func descriptors() -> Int {
        guard let directory = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        while let entry = unsafe readdir(directory) {
            if unsafe entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return max(0, count - 1)
    }
}

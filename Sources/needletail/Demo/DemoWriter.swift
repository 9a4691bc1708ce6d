import Glibc
import Synchronization
import SystemTools

/// Writes the story into one file per service, as time goes by, on a thread of its own.
///
/// - Errors: `StoryError` when a file can't be made; a disk that is full later is passed over: the lines are lost, as
///   those of a real service would be.
final class DemoWriter: Sendable {
    struct StoryError: Error, CustomStringConvertible {
        let description: String
    }

    private let isStopped = Atomic<Bool>(false)
    private let thread: Mutex<NamedThread?> = Mutex(nil)
    /// A trace that went wrong in all services; nil while there is none.
    let troubledTrace: String?
    let paths: [String]

    /// Begins the story: what happened before now is in the files when this returns.
    init(directory: String, rate: Double, past: Double, seed: UInt64 = UInt64.random(in: 0 ... .max)) throws(StoryError)
    {
        let now = DemoWriter.now
        var story = DemoStory(rate: rate, present: now, past: past, seed: seed)
        var files: [DemoService: Int32] = [:]
        for service in DemoService.allCases {
            let path = "\(directory)/\(service.fileName)"
            let file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            guard file >= 0 else {
                throw StoryError(description: "\(path): \(unsafe String(cString: strerror(errno)))")
            }
            files[service] = file
        }
        paths = DemoService.allCases.map { "\(directory)/\($0.fileName)" }
        let descriptors = files
        DemoWriter.write(story.lines(until: now), to: descriptors)
        troubledTrace = story.troubledTrace
        let begun = story
        thread.withLock {
            $0 = NamedThread("nt-demo") { [self] in
                var story = begun
                while !isStopped.load(ordering: .relaxed) {
                    DemoWriter.write(story.lines(until: DemoWriter.now), to: descriptors)
                    usleep(40_000)
                }
                for file in descriptors.values { close(file) }
            }
        }
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        thread.withLock { $0 }?.join()
    }

    private static func write(_ lines: [DemoLine], to files: [DemoService: Int32]) {
        for (service, file) in files {
            let bytes = Array(lines.lazy.filter { $0.service == service }.map(\.text).joined().utf8)
            var start = 0
            while start < bytes.count {
                let written = unsafe bytes.withUnsafeBytes { buffer in
                    // Safety: start is below count.
                    unsafe Glibc.write(file, buffer.baseAddress! + start, bytes.count - start)
                }
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { break }
                start += written
            }
        }
    }

    private static var now: Int64 { Clocks.wall }
}

import EventModel
import FileRegistry
import Glibc
import Logging

extension BenchCase {
    /// A registry of 10,000 files opened by an agent that starts: every row read and verified. A line is a row here, and
    /// costs some 12,600 instructions and two allocations: 10,000 are open after about 50 ms.
    static let openRegistry = BenchCase(name: "open registry") { lines in
        let directory = try RegistryBench.directory(rows: RegistryBench.rows)
        let openings = (lines + RegistryBench.rows - 1) / RegistryBench.rows
        return {
            defer { RegistryBench.remove(directory) }
            for _ in 0..<openings {
                let registrar = try RegistryBench.open(directory)
                let found = registrar.records(pipeline: "bench").count
                guard found == RegistryBench.rows else { throw BenchError(message: "\(found) rows were found") }
                registrar.close(timeout: .seconds(10))
            }
            return Work(lines: openings * RegistryBench.rows)
        }
    }
}

private enum RegistryBench {
    static let rows = 10_000

    static func open(_ directory: String) throws -> Registrar {
        try Registrar(
            RegistrySettings(directory: directory), logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A registry that was closed, with rows as logs of a busy host have them.
    static func directory(rows: Int) throws -> String {
        var template = Array("/tmp/needletail-bench-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw BenchError(message: "no temporary directory") }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let registrar = try open(directory)
        let records = (0..<rows).map { index in
            FileRecord(
                id: registrar.nextID(), pipeline: "bench", input: "app",
                path: "/var/log/containers/service-\(index % 100)/instance-\(index).log", device: 2049,
                inode: 1_000_000 + UInt64(index), birth: 1_780_000_000_000_000_000,
                fingerprint: String(repeating: "5a", count: 32), fingerprintLength: 1024, generation: 0,
                idKey: "k\(index)", offset: UInt64(index) * 4096, anchor: Anchor(hash: UInt64(index), length: 64),
                seen: 1_790_000_000_000_000_000, removed: false)
        }
        _ = registrar.submit(records, removed: [])
        guard registrar.close(timeout: .seconds(60)) else { throw BenchError(message: "the rows are not on disk") }
        return directory
    }

    static func remove(_ directory: String) {
        for name in ["registry.db", "registry.db-wal", "registry.db-shm", "registry.db.backup", "needletail.lock"] {
            _ = unsafe unlink("\(directory)/\(name)")
        }
        _ = unsafe rmdir(directory)
    }
}

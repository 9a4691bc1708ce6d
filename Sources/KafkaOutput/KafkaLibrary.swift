import CKafka
import Synchronization

/// librdkafka, loaded when the first Kafka output is made.
///
/// - Shape: a table of functions per name; a library stays loaded until the process ends.
@safe
package struct KafkaLibrary: Sendable {
    // Safety: the table never changes once it is made.
    nonisolated(unsafe) let table: OpaquePointer

    package static let standardName = "librdkafka.so.1"
    private static let loaded = Mutex<[String: KafkaLibrary]>([:])

    private init(table: OpaquePointer) { unsafe self.table = table }

    package static func load(_ name: String = standardName) throws(KafkaOutputError) -> KafkaLibrary {
        let result = loaded.withLock { loaded -> Result<KafkaLibrary, KafkaOutputError> in
            if let library = loaded[name] { return .success(library) }
            var reason = TextBuffer()
            guard let table = unsafe reason.fill({ unsafe ck_library_open(name, $0, $1) }) else {
                return .failure(
                    KafkaOutputError(
                        .noLibrary,
                        "output.kafka needs librdkafka (1.9 or later), which cannot be loaded: \(reason.text); "
                            + "install it (Debian and Ubuntu: apt install librdkafka1)"))
            }
            let library = unsafe KafkaLibrary(table: table)
            loaded[name] = library
            return .success(library)
        }
        return try result.get()
    }

    /// Why there is no Kafka output on this host; nil where there is.
    package static var absence: String? {
        do {
            _ = try load()
            return nil
        } catch {
            return error.message
        }
    }

    package var version: String { unsafe String(cString: ck_library_version(table)) }

    /// The broker's or librdkafka's words for an error: `Broker: Not enough in-sync replicas`.
    func text(_ error: Int32) -> String { unsafe String(cString: ck_error_text(table, error)) }

    /// `NOT_ENOUGH_REPLICAS`.
    func name(_ error: Int32) -> String { unsafe String(cString: ck_error_name(table, error)) }

    /// Why librdkafka does not take this property; nil when it does.
    package func objection(to name: String, _ value: String) -> String? {
        guard let conf = unsafe ck_conf_new(table) else { return "no memory" }
        defer { unsafe ck_conf_destroy(table, conf) }
        var reason = TextBuffer()
        let isTaken = unsafe reason.fill { unsafe ck_conf_set(table, conf, name, value, $0, $1) }
        return isTaken ? nil : reason.text
    }
}

/// Room for a text that C writes.
struct TextBuffer {
    private var bytes = [CChar](repeating: 0, count: 512)

    mutating func fill<Result>(_ body: (UnsafeMutablePointer<CChar>?, Int) -> Result) -> Result {
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in unsafe body(buffer.baseAddress, buffer.count) }
    }

    var text: String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

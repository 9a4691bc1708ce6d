import ByteTools

/// Reads `ExportLogsServiceRequest` from protobuf, record by record, into events.
///
/// | message | fields read |
/// |---|---|
/// | ExportLogsServiceRequest | 1 resource_logs |
/// | ResourceLogs | 1 resource, 2 scope_logs |
/// | Resource | 1 attributes |
/// | ScopeLogs | 1 scope, 2 log_records |
/// | InstrumentationScope | 1 name, 2 version, 3 attributes |
/// | LogRecord | 1 time, 2 severity_number, 3 severity_text, 5 body, 6 attributes, 8 flags, 9 trace_id, 10 span_id, 11 observed time, 12 event_name |
/// | KeyValue | 1 key, 2 value |
/// | AnyValue | 1 string, 2 bool, 3 int, 4 double, 5 array (1 values), 6 kvlist (1 values), 7 bytes |
///
/// Fields may come in any order, so a resource behind its records counts as well: messages are gone through twice.
/// - Errors: `ProtobufError`; then nothing of the request counts.
package struct OTLPProtobuf {
    private let bytes: [UInt8]
    private let limits: OTLPLimits
    private var batch = EventBatch()

    package static func events(_ body: [UInt8], _ limits: OTLPLimits) throws -> EventBatch {
        var reading = OTLPProtobuf(bytes: body, limits: limits)
        try reading.messages(0..<body.count, field: 1) { (resourceLogs, reading) in
            try reading.resourceLogs(resourceLogs)
        }
        return reading.batch
    }

    private init(bytes: [UInt8], limits: OTLPLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Calls `body` for each message in that field.
    private mutating func messages(
        _ range: Range<Int>, field: UInt64, _ body: (Range<Int>, inout OTLPProtobuf) throws -> Void
    ) throws {
        var reader = ProtobufReader(bytes, range)
        while let (number, value) = try reader.next() {
            if number == field, case .bytes(let inner) = value { try body(inner, &self) }
        }
    }

    private mutating func resourceLogs(_ range: Range<Int>) throws {
        var resource: [UInt8] = []
        try messages(range, field: 1) { inner, reading in
            try reading.attributes(inner, field: 1, to: &resource, naming: OTLPRecord.resourceName)
        }
        let members = resource
        try messages(range, field: 2) { inner, reading in try reading.scopeLogs(inner, members) }
    }

    private mutating func scopeLogs(_ range: Range<Int>, _ resource: [UInt8]) throws {
        var scope: [UInt8] = []
        try messages(range, field: 1) { inner, reading in
            try reading.text(inner, field: 1, "name", to: &scope)
            try reading.text(inner, field: 2, "version", to: &scope)
            var attributes: [UInt8] = []
            try reading.attributes(inner, field: 3, to: &attributes) { $0 }
            if !attributes.isEmpty {
                scope.appendKey(Array("attributes".utf8)[...])
                scope += [0x7b] + attributes + [0x7d]
            }
        }
        let members = scope
        try messages(range, field: 2) { inner, reading in try reading.record(inner, resource, members) }
    }

    private mutating func text(_ range: Range<Int>, field: UInt64, _ name: String, to out: inout [UInt8]) throws {
        var text: Range<Int>?
        try messages(range, field: field) { inner, _ in text = inner }
        guard let text, !text.isEmpty else { return }
        out.appendKey(Array(name.utf8)[...])
        out.appendQuoted(bytes[text])
    }

    private mutating func record(_ range: Range<Int>, _ resource: [UInt8], _ scope: [UInt8]) throws {
        var record = OTLPRecord()
        var reader = ProtobufReader(bytes, range)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .fixed64(let time)): record.time = time
            case (2, .varint(let severity)): record.severityNumber = Int64(truncatingIfNeeded: severity)
            case (3, .bytes(let text)): record.severityText = Array(bytes[text])
            case (5, .bytes(let body)):
                record.body = []
                try self.value(body, to: &record.body, depth: 0)
            case (6, .bytes(let pair)): try self.pair(pair, to: &record.attributes, depth: 0) { $0 }
            case (8, .fixed32(let flags)): record.flags = UInt64(flags)
            case (9, .bytes(let id)): record.traceID = OTLPRecord.id(bytes[id], count: 16)
            case (10, .bytes(let id)): record.spanID = OTLPRecord.id(bytes[id], count: 8)
            case (11, .fixed64(let time)): record.observed = time
            case (12, .bytes(let name)): record.eventName = Array(bytes[name])
            default: break
            }
        }
        try limits.check(batch)
        batch.append { record.write(resource: resource, scope: scope, to: &$0) }
    }

    private mutating func attributes(
        _ range: Range<Int>, field: UInt64, to out: inout [UInt8], naming: ([UInt8]) -> [UInt8]
    ) throws {
        var reader = ProtobufReader(bytes, range)
        while let (number, value) = try reader.next() {
            if number == field, case .bytes(let inner) = value { try pair(inner, to: &out, depth: 0, naming) }
        }
    }

    /// A KeyValue as a member of an object.
    private func pair(
        _ range: Range<Int>, to out: inout [UInt8], depth: Int, _ naming: ([UInt8]) -> [UInt8]
    ) throws {
        var key = 0..<0
        var value: Range<Int>?
        var reader = ProtobufReader(bytes, range)
        while let (number, field) = try reader.next() {
            guard case .bytes(let inner) = field else { continue }
            if number == 1 { key = inner }
            if number == 2 { value = inner }
        }
        out.appendKey(naming(Array(bytes[key]))[...])
        try self.value(value ?? 0..<0, to: &out, depth: depth)
    }

    /// An AnyValue as JSON; null when it holds nothing.
    private func value(_ range: Range<Int>, to out: inout [UInt8], depth: Int) throws {
        guard depth < OTLPLimits.depth else {
            throw ProtobufError(message: "lists and maps more than \(OTLPLimits.depth) deep", at: range.lowerBound)
        }
        var reader = ProtobufReader(bytes, range)
        var last: (number: UInt64, value: ProtobufReader.Value)?
        // Of the alternatives the last one counts; one that is not known yet counts for nothing.
        while let field = try reader.next() {
            switch field {
            case (1, .bytes), (2, .varint), (3, .varint), (4, .fixed64), (5, .bytes), (6, .bytes), (7, .bytes):
                last = field
            default: break
            }
        }
        switch (last?.number, last?.value) {
        case (1, .bytes(let text)): out.appendQuoted(bytes[text])
        case (2, .varint(let flag)): out += Array(flag != 0 ? "true".utf8 : "false".utf8)
        case (3, .varint(let number)): out += Array(String(Int64(bitPattern: number)).utf8)
        case (4, .fixed64(let bits)): out.appendNumber(Double(bitPattern: bits))
        case (5, .bytes(let list)): try array(list, to: &out, depth: depth)
        case (6, .bytes(let map)): try object(map, to: &out, depth: depth)
        case (7, .bytes(let data)): out.appendQuoted(Base64.encode(bytes[data])[...])
        default: out += Array("null".utf8)
        }
    }

    private func array(_ range: Range<Int>, to out: inout [UInt8], depth: Int) throws {
        out.append(UInt8(ascii: "["))
        var isFirst = true
        var reader = ProtobufReader(bytes, range)
        while let (number, field) = try reader.next() {
            guard number == 1, case .bytes(let inner) = field else { continue }
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            try value(inner, to: &out, depth: depth + 1)
        }
        out.append(UInt8(ascii: "]"))
    }

    private func object(_ range: Range<Int>, to out: inout [UInt8], depth: Int) throws {
        out.append(UInt8(ascii: "{"))
        var reader = ProtobufReader(bytes, range)
        while let (number, field) = try reader.next() {
            if number == 1, case .bytes(let inner) = field { try pair(inner, to: &out, depth: depth + 1) { $0 } }
        }
        out.append(UInt8(ascii: "}"))
    }
}

import EventModel

extension RegistryListing {
    /// An aligned table with a heading, one line per row.
    package var table: String {
        let heading = [
            "PIPELINE", "INPUT", "PATH", "INODE", "GEN", "OFFSET", "SIZE", "LAG", "UPDATED", "STATE",
        ]
        let numbers: Set<Int> = [3, 4, 5, 6, 7]
        let rows = [heading] + lines.map(RegistryListing.cells)
        let widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                if column == row.count - 1 { return row[column] }
                return numbers.contains(column) ? space + row[column] : row[column] + space
            }.joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func cells(_ line: Line) -> [String] {
        let record = line.entry.record
        return [
            visible(record.pipeline), visible(record.input), visible(record.path), "\(record.inode)",
            "\(record.generation)", "\(record.offset)", line.size.map(String.init) ?? "-",
            line.lag.map(String.init) ?? "-", time(line.entry.updated), line.state.rawValue,
        ]
    }

    /// All fields of each row, one a line, with an empty line between rows.
    package var details: String {
        lines.map { line in
            let fields = RegistryListing.fields(line)
            let width = fields.map(\.name.count).max() ?? 0
            return fields.map { field in
                let space = String(repeating: " ", count: width - field.name.count)
                return "\(field.name)\(space)  \(visible(field.value.text))\n"
            }.joined()
        }.joined(separator: "\n")
    }

    /// A JSON array with an object per row, one row a line.
    package var json: String {
        if lines.isEmpty { return "[]\n" }
        let objects = lines.map { line in
            let members = RegistryListing.fields(line).map { "\"\($0.name)\":\($0.value.json)" }
            return "  {" + members.joined(separator: ",") + "}"
        }
        return "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }

    private enum Value {
        case string(String)
        case number(String)
        case missing

        var text: String {
            switch self {
            case .string(let text), .number(let text): text
            case .missing: "-"
            }
        }

        var json: String {
            switch self {
            case .string(let text): quoted(text)
            case .number(let text): text
            case .missing: "null"
            }
        }
    }

    private static func fields(_ line: Line) -> [(name: String, value: Value)] {
        let record = line.entry.record
        return [
            ("pipeline", .string(record.pipeline)), ("input", .string(record.input)), ("path", .string(record.path)),
            ("state", .string(line.state.rawValue)), ("offset", .number("\(record.offset)")),
            ("size", line.size.map { .number("\($0)") } ?? .missing),
            ("lag", line.lag.map { .number("\($0)") } ?? .missing),
            ("updated", .string(time(line.entry.updated))), ("seen", .string(time(record.seen))),
            ("generation", .number("\(record.generation)")), ("device", .number("\(record.device)")),
            ("inode", .number("\(record.inode)")),
            ("birth", record.birth == 0 ? .missing : .string(time(record.birth))),
            ("fingerprint", .string(record.fingerprint)),
            ("fingerprint_length", .number("\(record.fingerprintLength)")), ("id_key", .string(record.idKey)),
            ("id", .number("\(record.id)")),
        ]
    }

    private static func time(_ nanoseconds: Int64) -> String {
        TimeText(milliseconds: nanoseconds / 1_000_000).text
    }
}

/// A file name may hold anything; control characters must not reach a terminal.
func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.map { isControl($0) ? "\\x" + hex($0.value, digits: 2) : String($0) }.joined()
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
}

/// A JSON string (RFC 8259, section 7).
func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        default:
            if isControl(scalar) {
                out += "\\u" + hex(scalar.value, digits: 4)
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
    }
    return out + "\""
}

private func hex(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(digits - text.count, 0)) + text
}

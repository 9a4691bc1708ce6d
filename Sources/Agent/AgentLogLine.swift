import EventModel
package import Logging

/// One line of the agent's own log, as text or JSON.
package struct AgentLogLine: Sendable {
    package var time: Int64
    package var level: Logger.Level
    package var logger: String
    package var message: String
    package var fields: Logger.Metadata

    /// - Parameter time: ms since 1970, UTC.
    package init(time: Int64, level: Logger.Level, logger: String, message: String, fields: Logger.Metadata) {
        self.time = time
        self.level = level
        self.logger = logger
        self.message = message
        self.fields = fields
    }

    /// `2026-01-22T16:34:53.963Z info  file renamed file.path=/var/log/app.log pipeline="my output"`.
    package var text: String {
        let padding = String(repeating: " ", count: max(0, 8 - level.rawValue.count))
        var text = "\(RFC3339.text(milliseconds: time)) \(level.rawValue)\(padding) "
        text += AgentLogLine.oneLine(message)
        for (key, value) in sorted {
            text += " \(key)="
            let value = value.description
            if value.isEmpty || value.unicodeScalars.contains(where: AgentLogLine.needsQuotes) {
                text += JSONTree.string(value).text()
            } else {
                text += value
            }
        }
        return text
    }

    package var json: String {
        var members: [(String, JSONTree)] = [
            ("@timestamp", .string(RFC3339.text(milliseconds: time))),
            ("log.level", .string(level.rawValue)),
            ("log.logger", .string(logger)),
            ("message", .string(message)),
            ("service.name", .string("needletail")),
        ]
        for (key, value) in sorted { members.append((key, AgentLogLine.json(value))) }
        return JSONTree.object(members).text()
    }

    private var sorted: [(String, Logger.MetadataValue)] {
        fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func json(_ value: Logger.MetadataValue) -> JSONTree {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let number as any BinaryInteger): .integer(number)
        case .stringConvertible(let number as Double): .decimal(number)
        case .stringConvertible(let flag as Bool): .bool(flag)
        case .stringConvertible(let other): .string(other.description)
        case .array(let values): .array(values.map(json))
        case .dictionary(let members):
            .object(members.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) })
        }
    }

    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 }) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }

    private static func needsQuotes(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value <= 0x20 || scalar.value == 0x7f || scalar == "\"" || scalar == "="
    }
}

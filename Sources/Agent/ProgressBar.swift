import EventModel
/// The line that `ship` draws on a terminal, and the one that it ends with.
package enum ProgressBar {
    /// One line for a terminal of so many columns; never longer, and without line feed or escape codes.
    ///
    ///     [===========----------          ]  41 %  412.3 MB of 1.0 GB  187.2 MB/s  0:03 left
    ///
    /// The bar shows what is acknowledged (`=`), what is read and waits for acknowledgement (`-`), and the rest.
    package static func render(_ view: ProgressView, width: Int) -> String {
        let progress = view.progress
        var facts: [String] = []
        if let share = view.share {
            // 100 % is said only when it is so.
            let percent = share < 1 ? min(99, Int(share * 100)) : 100
            facts.append("\(String(repeating: " ", count: percent < 10 ? 2 : percent < 100 ? 1 : 0))\(percent) %")
        }
        let settled = HumanText.bytes(progress.settledBytes)
        facts.append(progress.totalBytes.map { "\(settled) of \(HumanText.bytes($0))" } ?? settled)
        if let rate = view.rate { facts.append("\(HumanText.bytes(UInt64(rate)))/s") }
        if let left = view.remaining, view.share != 1 { facts.append("\(HumanText.duration(left)) left") }
        if let failure = progress.lastFailure { facts.append(failure) }
        let text = facts.joined(separator: "  ")
        let room = min(40, width - text.count - 4)
        guard let total = progress.totalBytes, room >= 8 else { return cut(text, to: width) }
        return bar(progress, total: total, width: room) + "  " + text
    }

    /// How it ended: `412.3 MB in 2.3 s (179.0 MB/s), 1,310,000 events delivered, everything acknowledged`.
    package static func summary(_ result: ShipResult) -> String {
        let progress = result.progress
        let view = ProgressView(progress: progress, rate: nil)
        var text = "\(HumanText.bytes(progress.settledBytes))"
        if let total = progress.totalBytes, total != progress.settledBytes { text += " of \(HumanText.bytes(total))" }
        text += " in \(HumanText.duration(progress.elapsed)) (\(HumanText.bytes(UInt64(view.meanRate)))/s)"
        text += ", \(HumanText.count(progress.eventsDelivered)) events delivered"
        if progress.eventsRejected > 0 { text += ", \(HumanText.count(progress.eventsRejected)) refused" }
        if progress.retries > 0 { text += ", \(HumanText.count(progress.retries)) deliveries sent again" }
        switch (result.status, result.interrupted) {
        case (.success, _): text += ", every byte is settled"
        case (_, true): text += "; interrupted"
        case (_, false): text += "; not finished"
        }
        return text
    }

    private static func bar(_ progress: ShipProgress, total: UInt64, width: Int) -> String {
        let inside = width - 2
        let settled = columns(progress.settledBytes, of: total, in: inside)
        let read = max(settled, columns(progress.readBytes, of: total, in: inside))
        var text = "[" + String(repeating: "=", count: settled)
        text += String(repeating: "-", count: read - settled)
        text += String(repeating: " ", count: inside - read)
        return text + "]"
    }

    private static func columns(_ bytes: UInt64, of total: UInt64, in width: Int) -> Int {
        total == 0 ? width : Int(Double(min(bytes, total)) / Double(total) * Double(width))
    }

    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : String(text.prefix(max(0, width)))
    }
}

/// `ship --json`: one object a line, the last with `"done": true`.
package enum ProgressJSON {
    package static func line(_ view: ProgressView) -> String {
        JSONTree.object(members(view) + [("done", .bool(false))]).text()
    }

    package static func line(_ result: ShipResult) -> String {
        let view = ProgressView(progress: result.progress, rate: nil)
        return JSONTree.object(
            members(view) + [
                ("mean_bytes_per_second", .integer(UInt64(view.meanRate))),
                ("done", .bool(true)),
                ("complete", .bool(result.status == .success)),
                ("interrupted", .bool(result.interrupted)),
                ("exit_status", .integer(result.status.rawValue)),
                ("messages", .array(result.messages.map { .string($0) })),
            ]
        ).text()
    }

    private static func members(_ view: ProgressView) -> [(String, JSONTree)] {
        let progress = view.progress
        return [
            ("elapsed_seconds", .seconds(progress.elapsed)),
            ("files", .integer(progress.files)),
            ("files_done", .integer(progress.filesDone)),
            ("total_bytes", progress.totalBytes.map { .integer($0) } ?? .null),
            ("read_bytes", .integer(progress.readBytes)),
            ("settled_bytes", .integer(progress.settledBytes)),
            ("resumed_bytes", .integer(progress.resumedBytes)),
            ("events_delivered", .integer(progress.eventsDelivered)),
            ("events_rejected", .integer(progress.eventsRejected)),
            ("retries", .integer(progress.retries)),
            ("bytes_per_second", view.rate.map { .integer(UInt64($0)) } ?? .null),
            ("last_failure", .string(progress.lastFailure)),
        ]
    }
}

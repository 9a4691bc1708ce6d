/// Numbers as people read them, without a formatter or a locale.
package enum HumanText {
    /// `0 B`, `999 B`, `1.5 kB`, `12.3 MB`: powers of 1000.
    package static func bytes(_ count: UInt64) -> String {
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        if count < 1000 { return "\(count) B" }
        var value = Double(count) / 1000
        var unit = 0
        while value >= 999.95 && unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return decimal(value, places: 1) + " " + units[unit]
    }

    /// `12`, `1,234`, `1,234,567`.
    package static func count(_ count: UInt64) -> String {
        var text = ""
        let digits = String(count)
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `0.3 s`, `12 s`, `1:05`, `2:03:04`, `3 days`.
    package static func duration(_ duration: Duration) -> String {
        let seconds = max(0, duration.inSeconds)
        if seconds < 9.95 { return decimal(seconds, places: 1) + " s" }
        if seconds < 59.5 { return "\(Int(seconds.rounded())) s" }
        if seconds >= 2 * 86_400 { return "\(Int(min(seconds / 86_400, 1e9))) days" }
        let whole = Int(seconds.rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }

    /// A short time, to be compared with others: `0.42 ms`, `12.3 ms`, `1500.0 ms`.
    package static func milliseconds(_ duration: Duration) -> String {
        let value = duration.inSeconds * 1000
        return decimal(value, places: value < 9.995 ? 2 : 1) + " ms"
    }

    /// A number with so many decimals, rounded to nearest: (2.345, 1) is `2.3`.
    package static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "0" }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((abs(value) * scale).rounded())
        let whole = scaled / Int64(scale)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        if places == 0 { return sign + String(whole) }
        let fraction = String(scaled % Int64(scale))
        return sign + String(whole) + "." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}

extension Duration {
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

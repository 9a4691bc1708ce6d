@unsafe @preconcurrency import Glibc

extension ConfigLoader {
    /// The environment of this process. Call it before other threads change it.
    package static func processEnvironment() -> [String: String] {
        var environment: [String: String] = [:]
        var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe environ
        while let variable = unsafe next, let entry = unsafe variable.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                environment[String(text[..<equals])] = String(text[equals...].dropFirst())
            }
            unsafe next = variable + 1
        }
        return environment
    }
}

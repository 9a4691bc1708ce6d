/// `output.file`.
package struct FileOutputSettings: Sendable, Equatable {
    /// Directory.
    package var path = ""
    package var filename = "needletail"
    package var rotateEveryKB = 10_240
    package var numberOfFiles = 7
    package var permissions: UInt32 = 0o600
    package var rotateOnStartup = true
    package var bulkMaxSize = 2048

    package init() {}
}

/// `output.console`.
package struct ConsoleOutputSettings: Sendable, Equatable {
    package var bulkMaxSize = 2048

    package init() {}
}

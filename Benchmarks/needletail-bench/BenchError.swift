/// A benchmark cannot run, or did not do what it measures.
struct BenchError: Error, CustomStringConvertible {
    let message: String

    var description: String { message }
}

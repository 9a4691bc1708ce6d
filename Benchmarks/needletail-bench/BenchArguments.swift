/// What the command line asks for: `--lines N --case NAME`, `--lines N --store DIR`, or `--list`.
struct BenchArguments {
    /// Lines per case; cases round up to whole passes of `ZapLines.count`.
    private(set) var lines = 1_000_000
    private(set) var cases = BenchCase.all
    private(set) var listsNames = false
    /// Where the store for `SearchBench` is or is to be.
    private(set) var store: String?

    static let usage = "usage: needletail-bench [--lines N] [--case NAME | --store DIR] | --list"

    init(_ arguments: some Sequence<String>) throws {
        var rest = arguments.makeIterator()
        while let argument = rest.next() {
            switch argument {
            case "--list": listsNames = true
            case "--lines":
                guard let number = rest.next().flatMap(Int.init), number > 0 else {
                    throw BenchError(message: "--lines needs a number above 0; \(BenchArguments.usage)")
                }
                lines = number
            case "--store": store = rest.next()
            case "--case":
                let name = rest.next() ?? ""
                cases = BenchCase.all.filter { $0.name == name }
                guard !cases.isEmpty else {
                    throw BenchError(message: "there is no case '\(name)'; --list names them all")
                }
            default: throw BenchError(message: "unknown argument '\(argument)'; \(BenchArguments.usage)")
            }
        }
    }
}

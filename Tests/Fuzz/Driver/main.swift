import CFuzzer
import FuzzTargets
import Glibc

// needletail-fuzz TARGET [arguments of libFuzzer]; see run.sh.
exit(FuzzDriver.run())

private enum FuzzDriver {
    /// What is fuzzed: set before the first call, and never again.
    nonisolated(unsafe) private static var chosen: FuzzTarget?

    static func run() -> CInt {
        guard CommandLine.arguments.count > 1 else {
            print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
            return 0
        }
        unsafe chosen = FuzzTarget.all.first { $0.name == CommandLine.arguments[1] }
        guard unsafe chosen != nil else { return 2 }
        // The target's name stands where libFuzzer looks for the program's.
        var count = CommandLine.argc - 1
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv + 1
        return unsafe LLVMFuzzerRunDriver(&count, &arguments) { data, size in
            do {
                try unsafe FuzzDriver.chosen?.check(Array(UnsafeBufferPointer(start: data, count: size)))
            } catch {
                fatalError("\(error)")
            }
            return 0
        }
    }
}

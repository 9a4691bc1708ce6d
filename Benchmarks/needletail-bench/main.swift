import Glibc

// Synchronous on purpose: valgrind 3.19 crashes when an asynchronous main ends, and the gates run under it.
// What has to wait for a pipeline waits on a semaphore.
do {
    let arguments = try BenchArguments(CommandLine.arguments.dropFirst())
    if arguments.listsNames {
        for bench in BenchCase.all { print(bench.name) }
    } else if let store = arguments.store {
        try SearchBench(directory: store, events: arguments.lines).run()
    } else {
        for bench in arguments.cases { print(try bench.measure(lines: arguments.lines).line(name: bench.name)) }
    }
} catch {
    print("needletail-bench: \(error)")
    exit(1)
}

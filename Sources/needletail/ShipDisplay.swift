package import Agent
import Glibc
import Synchronization

/// Shows how `ship` gets on: a bar on a terminal, JSON lines for scripts, or nothing until the end.
package final class ShipDisplay: Sendable {
    package enum Style: Sendable, Equatable {
        case quiet
        /// The closing line alone.
        case summary
        case bar
        case json(descriptor: Int32)

        /// What fits the options and the terminal. Progress goes to standard error, so that standard output is free
        /// for events; `--json` is what a script wants to read, and goes to standard output unless events do.
        package static func choose(quiet: Bool, json: Bool, toStandardOutput: Bool) -> Style {
            if quiet { return .quiet }
            if json { return .json(descriptor: toStandardOutput ? 2 : 1) }
            return isatty(2) == 1 && !(toStandardOutput && isatty(1) == 1) ? .bar : .summary
        }
    }

    private struct State {
        var meter = ProgressMeter()
        var shown: Duration?
        var barIsOpen = false
    }

    private let style: Style
    private let state = Mutex(State())

    package init(style: Style) {
        self.style = style
    }

    package func show(_ progress: ShipProgress) {
        state.withLock { state in
            let view = state.meter.update(progress)
            switch style {
            case .quiet, .summary: break
            case .bar:
                // Back to the first column, and what was there before is erased behind the new text.
                ShipDisplay.put("\r" + ProgressBar.render(view, width: ShipDisplay.columns()) + "\u{1b}[K", to: 2)
                state.barIsOpen = true
            case .json(let descriptor):
                if let shown = state.shown, progress.elapsed - shown < .seconds(1) { return }
                state.shown = progress.elapsed
                ShipDisplay.put(ProgressJSON.line(view) + "\n", to: descriptor)
            }
        }
    }

    package func finish(_ result: ShipResult) {
        state.withLock { state in
            if state.barIsOpen {
                let view = state.meter.update(result.progress)
                ShipDisplay.put("\r" + ProgressBar.render(view, width: ShipDisplay.columns()) + "\u{1b}[K\n", to: 2)
            }
            if case .json(let descriptor) = style {
                ShipDisplay.put(ProgressJSON.line(result) + "\n", to: descriptor)
                return
            }
            for message in result.messages { ShipDisplay.put("needletail: \(message)\n", to: 2) }
            // What could not begin has no progress to tell of.
            let began = result.progress.elapsed > .zero || result.status == .success
            if style != .quiet && began { ShipDisplay.put(ProgressBar.summary(result) + "\n", to: 2) }
        }
    }

    /// Columns of the terminal; 80 where it does not say.
    private static func columns() -> Int {
        var size = winsize()
        guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col) - 1
    }

    private static func put(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}

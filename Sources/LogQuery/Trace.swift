/// All events of one trace, oldest first, and its spans as far as the events tell of them.
///
/// - Units: times and gaps in ns.
package struct Trace: Sendable {
    package struct Line: Sendable {
        package let event: FoundEvent
        /// Since the line before; 0 for the first.
        package let gap: Int64
    }

    /// One span with its events and those inside of it.
    package struct Node: Sendable {
        /// Empty for the events of a service that name no span.
        package let span: [UInt8]
        package let parent: [UInt8]
        package let service: [UInt8]
        package var from: Int64
        package var to: Int64
        /// Places in `lines`.
        package var lines: [Int]
        package var children: [Node]
    }

    package let id: [UInt8]
    package var lines: [Line] = []
    package var services: [[UInt8]] = []
    /// Roots: spans whose parent wrote nothing, and services without spans.
    package var spans: [Node] = []
    /// There are more events than were read, or the time was over.
    package var isCut = false

    package var from: Int64? { lines.first?.event.time }
    package var to: Int64? { lines.last?.event.time }

    /// - Parameter events: in any order.
    package init(id: [UInt8], events: [FoundEvent]) {
        self.id = id
        var last: Int64?
        for event in events.sorted(by: { $0.place < $1.place }) {
            lines.append(Line(event: event, gap: last.map { event.time - $0 } ?? 0))
            last = event.time
            if !event.service.isEmpty, !services.contains(event.service) { services.append(event.service) }
        }
        spans = SpanTree(lines).roots
    }
}

/// Puts spans under their parents.
private struct SpanTree {
    private var nodes: [Trace.Node] = []
    private var children: [[Int]] = []

    init(_ lines: [Trace.Line]) {
        var places: [[UInt8]: Int] = [:]
        for (index, line) in lines.enumerated() {
            let event = line.event
            // A service's lines without a span are kept apart from other services'.
            let key = event.span.isEmpty ? [0] + event.service : event.span
            if let place = places[key] {
                nodes[place].lines.append(index)
                nodes[place].to = event.time
                if nodes[place].parent.isEmpty, !event.parentSpan.isEmpty || nodes[place].service.isEmpty {
                    nodes[place] = nodes[place].named(parent: event.parentSpan, service: event.service)
                }
            } else {
                places[key] = nodes.count
                nodes.append(
                    Trace.Node(
                        span: event.span, parent: event.parentSpan, service: event.service, from: event.time,
                        to: event.time, lines: [index], children: []))
            }
        }
        children = Array(repeating: [], count: nodes.count)
        link(places)
    }

    private var top: [Int] = []
    /// Spans inside each other that are shown so; what is deeper begins anew at the top.
    private static let deepest = 64

    private mutating func link(_ places: [[UInt8]: Int]) {
        let parents = nodes.map { $0.span.isEmpty || $0.parent.isEmpty ? nil : places[$0.parent] }
        /// Of each span how deep it is; 0: not known yet.
        var depths = [Int](repeating: 0, count: nodes.count)
        for start in nodes.indices {
            var chain: [Int] = []
            var at: Int? = start
            while let index = at, depths[index] == 0 {
                depths[index] = -1
                chain.append(index)
                at = parents[index]
            }
            // A span that is its own ancestor is taken out of the circle, and stands at the top.
            var depth = at.map { max(0, depths[$0]) } ?? 0
            for index in chain.reversed() {
                depth = depth < SpanTree.deepest ? depth + 1 : 1
                depths[index] = depth
                if depth > 1, let parent = parents[index] { children[parent].append(index) } else { top.append(index) }
            }
        }
        top.sort()
        for index in children.indices { children[index].sort() }
    }

    var roots: [Trace.Node] { top.map(build) }

    private func build(_ index: Int) -> Trace.Node {
        var node = nodes[index]
        node.children = children[index].map(build)
        return node
    }
}

extension Trace.Node {
    fileprivate func named(parent: [UInt8], service: [UInt8]) -> Trace.Node {
        Trace.Node(
            span: span, parent: parent, service: self.service.isEmpty ? service : self.service, from: from, to: to,
            lines: lines, children: children)
    }
}

/// `codec.json.pretty`: the event with line breaks, for people.
package struct PrettyRenderer: EventRenderer {
    package init() {}

    package func render(event: [UInt8], line: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard let tree = JSONTree(event) else { return event }
        var out: [UInt8] = []
        tree.writePretty(to: &out)
        return out
    }
}

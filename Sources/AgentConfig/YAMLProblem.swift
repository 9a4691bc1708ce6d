import Yams

/// An error of the YAML parser, without the text around it, which may hold a secret.
struct YAMLProblem {
    private let place: Place
    private let message: String

    init(_ error: any Error, _ start: Place) {
        func at(_ mark: Mark) -> Place {
            start.line == 0
                ? start : Place(source: start.source, name: start.name, line: mark.line, column: mark.column)
        }
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            place = at(mark)
            let hint = problem.contains("cannot start any token") ? " (is there a tab, or text that needs quotes?)" : ""
            message = "not YAML: \(context.map { "\($0.text), " } ?? "")\(problem)\(hint)"
        case .reader(let problem, _, _, _):
            place = start
            message = "not YAML: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            place = at(context.mark)
            let keys = duplicates.sorted().map { "'\($0)'" }.joined(separator: ", ")
            message = "set twice in the same object: \(keys)"
        default:
            place = start
            message = "not YAML"
        }
    }

    func add(to problems: inout Problems) { problems.add(.syntax, place, message) }
}

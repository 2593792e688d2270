import Stepstream

/// The templates of the transitions of one script call: each is sent, read and prepared once, however many operations of the call share it.
struct TemplateList {
    private var templates = ScriptArguments()
    private var numbers: [ScriptArguments: Int] = [:]
    private var last: (pattern: TemplatePattern, number: Int)?

    /// The number of the template of `transition`, if it is that of the last one: those of one queue mostly follow each other.
    func number(of transition: Transition, operation: Operation, for purpose: TemplatePattern.Purpose, hasRest: Bool) -> Int? {
        guard last?.pattern.makesTemplate(of: transition, operation: operation, for: purpose, hasRest: hasRest) == true else { return nil }
        return last?.number
    }

    /// Adds a template that was made from `pattern`, or finds it, and returns its number.
    mutating func number(of template: ScriptArguments, made pattern: TemplatePattern) -> Int {
        let number = numbers[template] ?? numbers.count + 1
        if numbers.updateValue(number, forKey: template) == nil { templates.append(contentsOf: template) }
        last = (pattern, number)
        return number
    }

    /// As templates.lua's `take_templates` reads them.
    func encode(into arguments: inout ScriptArguments) {
        arguments.append(count: numbers.count)
        arguments.append(contentsOf: templates)
    }
}

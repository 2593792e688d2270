import Stepstream
@testable import StepstreamJSON
import Testing

/// A schema, a value, and the places and words of what must be found; none: the value is valid.
struct SchemaCase: CustomTestStringConvertible, Sendable {
    var schema: String
    var value: String
    var expected: [String]

    init(_ schema: String, _ value: String, _ expected: String...) {
        self.schema = schema
        self.value = value
        self.expected = expected
    }

    var testDescription: String { "\(schema) on \(value)" }
}

@Suite("JSON Schema")
struct JSONSchemaTests {
    @Test(
        "finds what is wrong, with its place",
        arguments: [
            SchemaCase("true", "1"), SchemaCase("{}", "[1]"), SchemaCase("false", "1", ": is not allowed here"),
            SchemaCase("{\"type\":\"integer\"}", "1.0"), SchemaCase("{\"type\":\"integer\"}", "1.5", ": is a number; must be integer"),
            SchemaCase("{\"type\":[\"string\",\"null\"]}", "null"),
            SchemaCase("{\"type\":[\"string\",\"null\"]}", "true", ": is true or false; must be string or null"),
            SchemaCase("{\"type\":\"number\"}", "1"), SchemaCase("{\"type\":\"boolean\"}", "false"),
            SchemaCase("{\"type\":\"array\"}", "{}", ": is an object; must be array"),
            SchemaCase("{\"type\":\"object\"}", "[]", ": is an array; must be object"),
            SchemaCase("{\"type\":\"string\"}", "null", ": is null; must be string"),
            SchemaCase("{\"const\":{\"a\":[1,2],\"b\":null}}", "{\"b\":null,\"a\":[1.0,2]}"),
            SchemaCase("{\"const\":null}", "0", ": is not the one value that is allowed"),
            SchemaCase("{\"enum\":[1,\"a\",null]}", "1e0"),
            SchemaCase("{\"enum\":[1,\"a\"]}", "\"A\"", ": is none of the 2 values that are allowed"),
            SchemaCase("{\"minimum\":1,\"maximum\":2}", "1"), SchemaCase("{\"minimum\":1,\"maximum\":2}", "2.0"),
            SchemaCase("{\"minimum\":1}", "0.999", ": is less than 1"),
            SchemaCase("{\"maximum\":2.5}", "2.51", ": is more than 2.5"),
            SchemaCase("{\"exclusiveMinimum\":1}", "1", ": must be more than 1"),
            SchemaCase("{\"exclusiveMaximum\":1}", "1", ": must be less than 1"),
            SchemaCase("{\"exclusiveMaximum\":1,\"exclusiveMinimum\":0}", "0.5"),
            SchemaCase("{\"minimum\":9007199254740993}", "9007199254740992", ": is less than 9007199254740993"),
            SchemaCase("{\"minimum\":5}", "\"a\""),
            SchemaCase("{\"multipleOf\":0.01}", "19.99"), SchemaCase("{\"multipleOf\":0.01}", "19.999", ": is not a multiple of 0.01"),
            SchemaCase("{\"minLength\":2,\"maxLength\":3}", "\"🙂🙂\""),
            SchemaCase("{\"minLength\":2}", "\"🙂\"", ": has 1 characters; needs at least 2"),
            SchemaCase("{\"maxLength\":1}", "\"e\u{301}\"", ": has 2 characters; at most 1 are allowed"),
            SchemaCase("{\"minLength\":2}", "1"),
            SchemaCase("{\"pattern\":\"^[a-z]+$\"}", "\"abc\""),
            SchemaCase("{\"pattern\":\"^[a-z]+$\"}", "\"abC\"", ": does not match the pattern ^[a-z]+$"),
            SchemaCase("{\"format\":\"uuid\"}", "\"x\"", ": is not a UUID (RFC 9562)"), SchemaCase("{\"format\":\"uuid\"}", "1"),
            SchemaCase(
                "{\"items\":{\"type\":\"integer\"}}",
                "[1,\"a\",2,null]",
                "/1: is a string; must be integer",
                "/3: is null; must be integer"
            ),
            SchemaCase("{\"minItems\":1}", "[]", ": has 0 elements; needs at least 1"),
            SchemaCase("{\"maxItems\":1}", "[1,2]", ": has 2 elements; at most 1 are allowed"),
            SchemaCase("{\"uniqueItems\":true}", "[1,2,\"1\",[1],{\"a\":1}]"), SchemaCase("{\"uniqueItems\":false}", "[1,1]"),
            SchemaCase(
                "{\"uniqueItems\":true}",
                "[{\"a\":1,\"b\":2},3,{\"b\":2.0,\"a\":1}]",
                ": elements 0 and 2 are the same; each may occur once"
            ),
            SchemaCase("{\"required\":[\"a\",\"b\"]}", "{\"b\":1}", "/a: is required"), SchemaCase("{\"required\":[\"a\"]}", "[]"),
            SchemaCase(
                "{\"properties\":{\"a\":{\"type\":\"string\"},\"b\":false}}",
                "{\"a\":1,\"b\":2,\"c\":3}",
                "/a: is a number; must be string",
                "/b: is not allowed here"
            ),
            SchemaCase("{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1,\"x/y\":2}", "/x~1y: is not allowed here"),
            SchemaCase("{\"required\":[\"a\"],\"additionalProperties\":false}", "{\"a\":1}", "/a: is not allowed here"),
            SchemaCase("{\"additionalProperties\":{\"type\":\"null\"}}", "{\"a\":null,\"b\":1}", "/b: is a number; must be null"),
            SchemaCase("{\"minProperties\":1}", "{}", ": has 0 members; needs at least 1"),
            SchemaCase("{\"maxProperties\":0}", "{\"a\":1}", ": has 1 members; at most 0 are allowed"),
            SchemaCase("{\"allOf\":[{\"minimum\":1},{\"multipleOf\":2}]}", "-1", ": is less than 1", ": is not a multiple of 2"),
            SchemaCase("{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":3}]}", "4"),
            SchemaCase(
                "{\"anyOf\":[{\"type\":\"string\"},{\"properties\":{\"a\":{\"minimum\":3},\"b\":false}}]}",
                "{\"a\":2,\"b\":1}",
                ": matches none of 2 alternatives; to match the nearest: it is an object; must be string"
            ),
            SchemaCase(
                "{\"anyOf\":[{\"properties\":{\"a\":{\"minimum\":3}}}]}",
                "{\"a\":2}",
                ": matches none of 1 alternatives; to match the nearest: /a is less than 3"
            ),
            SchemaCase("{\"oneOf\":[{\"minimum\":1},{\"minimum\":3}]}", "2"),
            SchemaCase("{\"oneOf\":[{\"minimum\":1},{\"minimum\":3}]}", "4", ": matches 2 of 2 alternatives; must match exactly one"),
            SchemaCase("{\"oneOf\":[{\"minimum\":1}]}", "0", ": matches none of 1 alternatives; to match the nearest: it is less than 1"),
            SchemaCase("{\"not\":{\"type\":\"null\"}}", "1"),
            SchemaCase("{\"not\":{\"type\":\"null\"}}", "null", ": is what the schema under \"not\" describes"),
            SchemaCase("{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"type\":\"string\"}}}", "1", ": is a number; must be string"),
            SchemaCase(
                "{\"properties\":{\"next\":{\"$ref\":\"#\"}},\"required\":[\"v\"]}",
                "{\"v\":1,\"next\":{\"v\":2,\"next\":{}}}",
                "/next/next/v: is required"
            ),
            SchemaCase("{\"$defs\":{\"a/b\":{\"minimum\":1}},\"items\":{\"$ref\":\"#/$defs/a~1b\"}}", "[0]", "/0: is less than 1"),
            SchemaCase(
                "{\"items\":{\"$ref\":\"#/properties/x\"},\"properties\":{\"x\":{\"type\":\"null\"}}}",
                "[0]",
                "/0: is a number; must be null"
            ),
            SchemaCase(
                "{\"title\":\"t\",\"description\":\"d\",\"default\":1,\"examples\":[],\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$comment\":\"c\"}",
                "1"
            ),
            SchemaCase(
                "{\"type\":\"object\",\"properties\":{\"a\":{\"items\":{\"properties\":{\"b\":{\"maximum\":1}}}}}}",
                "{\"a\":[{},{\"b\":2}]}",
                "/a/1/b: is more than 1"
            ),
        ]
    )
    func validates(example: SchemaCase) throws {
        let schema = try JSONSchema(JSONText(trusted: example.schema))
        let found = schema.validate(try JSONNode.parse(example.value)).map { "\($0.pointer): \($0.detail)" }
        #expect(found == example.expected)
    }

    @Test("reports fifty violations and no more")
    func limit() throws {
        let schema = try JSONSchema(JSONText(trusted: "{\"items\":{\"type\":\"string\"}}"))
        let value = try JSONNode.parse("[" + (0..<80).map(String.init).joined(separator: ",") + "]")
        let violations = schema.validate(value)
        #expect(violations.count == JSONSchema.maximumViolations)
        #expect(violations.last?.pointer.description == "/49")
    }

    @Test("says nothing of the value itself")
    func noPayload() throws {
        let schema = try JSONSchema(
            JSONText(trusted: "{\"properties\":{\"a\":{\"pattern\":\"^x\",\"minLength\":50,\"enum\":[\"y\"],\"format\":\"uri\"}}}")
        )
        let violations = schema.validate(try JSONNode.parse("{\"a\":\"geheim\"}"))
        #expect(violations.count == 4)
        #expect(!violations.contains { $0.detail.contains("geheim") })
    }

    @Test("many distinct elements are compared by their hash, not each with each")
    func uniqueItemsOfMany() throws {
        let schema = try JSONSchema(JSONText(trusted: "{\"uniqueItems\":true}"))
        let elements = (0..<20_000).map { "{\"id\":\($0)}" }
        #expect(schema.validate(try JSONNode.parse("[" + elements.joined(separator: ",") + "]")).isEmpty)
        #expect(schema.validate(try JSONNode.parse("[" + (elements + ["{\"id\":777.0}"]).joined(separator: ",") + "]")).count == 1)
    }
}

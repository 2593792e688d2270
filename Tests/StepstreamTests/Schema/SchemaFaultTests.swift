import Stepstream
@testable import StepstreamJSON
import Testing

@Suite("Faults of a schema")
struct SchemaFaultTests {
    @Test(
        "names the place, what is wrong and what is allowed",
        arguments: [
            ("1", "", "a schema is a number"), ("{\"items\":[]}", "/items", "a schema is an array"),
            ("{\"tpye\":\"string\"}", "/tpye", "the keyword \"tpye\" is not supported"),
            ("{\"patternProperties\":{}}", "/patternProperties", "the keyword \"patternProperties\" is not supported"),
            ("{\"type\":\"int\"}", "/type", "type is \"int\""),
            ("{\"type\":[]}", "/type", "type is empty"), ("{\"type\":[\"string\",3]}", "/type/1", "type is a number"),
            ("{\"minimum\":\"1\"}", "/minimum", "minimum is a string"),
            ("{\"multipleOf\":0}", "/multipleOf", "multipleOf is 0"), ("{\"multipleOf\":-2}", "/multipleOf", "multipleOf is -2"),
            ("{\"multipleOf\":1234567890123456789}", "/multipleOf", "multipleOf is 1234567890123456789"),
            ("{\"minLength\":-1}", "/minLength", "minLength is -1"),
            ("{\"maxItems\":1.5}", "/maxItems", "maxItems is 1.5"), ("{\"minProperties\":null}", "/minProperties", "minProperties is null"),
            ("{\"pattern\":\"(\"}", "/pattern", "pattern: a ( without ) at character 1"),
            ("{\"pattern\":1}", "/pattern", "pattern is a number"),
            ("{\"format\":\"hostname\"}", "/format", "format is \"hostname\""), ("{\"format\":{}}", "/format", "format is an object"),
            ("{\"enum\":[]}", "/enum", "enum is empty"), ("{\"enum\":1}", "/enum", "enum is a number"),
            ("{\"anyOf\":[]}", "/anyOf", "anyOf is empty"),
            ("{\"allOf\":{}}", "/allOf", "allOf is an object"),
            ("{\"oneOf\":[{},{\"x\":1}]}", "/oneOf/1/x", "the keyword \"x\" is not supported"),
            ("{\"not\":1}", "/not", "a schema is a number"), ("{\"properties\":[]}", "/properties", "properties is an array"),
            ("{\"properties\":{\"a\":1}}", "/properties/a", "a schema is a number"),
            ("{\"required\":\"a\"}", "/required", "required is a string"),
            ("{\"required\":[\"a\",1]}", "/required/1", "required names a number"),
            ("{\"required\":[\"a\",\"a\"]}", "/required/1", "required names \"a\" twice"),
            ("{\"uniqueItems\":1}", "/uniqueItems", "uniqueItems is a number"), ("{\"title\":1}", "/title", "title is a number"),
            ("{\"examples\":1}", "/examples", "examples is a number"),
            ("{\"$ref\":1}", "/$ref", "$ref is a number"),
            ("{\"$ref\":\"#/$defs/a\"}", "/$ref", "$ref \"#/$defs/a\" leads to no schema in this document"),
            ("{\"$ref\":\"http://example.org/s\"}", "/$ref", "$ref \"http://example.org/s\" leads to no schema in this document"),
            ("{\"$ref\":\"#\"}", "", "the schema applies itself to the very same value"),
            (
                "{\"$defs\":{\"a\":{\"anyOf\":[{\"$ref\":\"#/$defs/b\"}]},\"b\":{\"not\":{\"$ref\":\"#/$defs/a\"}}},\"items\":{\"$ref\":\"#/$defs/a\"}}",
                "/$defs/b/not", "the schema applies itself to the very same value"
            ),
            ("{", "", "not JSON: a member begins with its name in double quotes"),
        ]
    )
    func faults(schema: String, pointer: String, words: String) throws {
        let faults = try #require(throws: JSONSchema.Faults.self) { try JSONSchema(JSONText(trusted: schema)) }.faults
        #expect(faults.map(\.pointer.description) == [pointer])
        #expect(faults.map(\.words) == [words])
        #expect(faults.allSatisfy { !$0.allowed.isEmpty })
    }

    @Test("finds them all at once")
    func all() throws {
        let text = "{\"type\":\"x\",\"properties\":{\"a\":{\"minimum\":\"1\",\"pattern\":\"[\"}},\"unknown\":1,\"$ref\":\"#/no\"}"
        let faults = try #require(throws: JSONSchema.Faults.self) { try JSONSchema(JSONText(trusted: text)) }.faults
        #expect(faults.map(\.pointer.description) == ["/type", "/properties/a/minimum", "/properties/a/pattern", "/unknown", "/$ref"])
    }

    @Test("guesses what was meant")
    func guess() throws {
        let faults = try #require(throws: JSONSchema.Faults.self) {
            try JSONSchema(JSONText(trusted: "{\"propertes\":{},\"type\":\"sting\"}"))
        }.faults
        #expect(faults[0].allowed.hasPrefix("did you mean properties? known are type, "))
        #expect(faults[1].allowed.hasPrefix("did you mean string? "))
    }
}

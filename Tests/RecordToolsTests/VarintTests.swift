import Testing
@testable import RecordTools
@Suite struct NumberTextTests {
    @Test func `sizes of varints`() {
        #expect(
            ByteArena.varintSize(127) == 1 && ByteArena.varintSize(128) == 2 && ByteArena.varintSize(.max) == 10
                && ByteArena.varintSize(0) == 1)
    }
}

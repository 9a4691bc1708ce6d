import ByteTools
import Testing

private func written(_ capacity: Int, _ body: (inout ByteCursor) -> Void) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: capacity))
        body(&cursor)
        count = capacity - cursor.room
    }
}

@Suite struct ByteCursorTests {
    @Test(arguments: [0, 1, 9, 10, 99, 100, 4_294_967_295, 4_294_967_296, UInt64.max - 1, .max])
    func `numbers are written in decimal`(value: UInt64) {
        #expect(written(DecimalDigits.room) { $0.putDecimal(value) } == Array(String(value).utf8))
        #expect(DecimalDigits(value).count == String(value).utf8.count)
    }

    @Test func `powers of ten and their neighbours`() {
        var power: UInt64 = 1
        for _ in 0..<19 {
            power *= 10
            for value in [power - 1, power, power + 1] {
                #expect(written(DecimalDigits.room) { $0.putDecimal(value) } == Array(String(value).utf8))
            }
        }
    }

    @Test func `bytes are written one after the other, and the room shrinks`() {
        let bytes = written(16) { cursor in
            cursor.put(0x41)
            cursor.put("bc")
            cursor.put([0x64, 0x65])
            cursor.put([])
            cursor.putBigEndian(0x0102_0304)
            #expect(cursor.room == 7)
        }
        #expect(bytes == [0x41, 0x62, 0x63, 0x64, 0x65, 1, 2, 3, 4])
    }

    @Test func `slabs are pooled by their size`() {
        var pool = SlabPool(slabCapacity: 64, keep: 1)
        let first = pool.take(capacity: 10)
        let large = pool.take(capacity: 100)
        #expect(first.capacity == 64 && large.capacity == 100)
        pool.giveBack(large)
        pool.giveBack(first)
        pool.giveBack(Slab(capacity: 64))
        #expect(pool.take(capacity: 64) === first)
        #expect(pool.take(capacity: 64) !== first)
        pool.giveBack(first)
        pool.trim()
        #expect(pool.take(capacity: 64) !== first)
        for index in 0..<Slab.padding { #expect(unsafe first.base[64 + index] == 0) }
    }
}

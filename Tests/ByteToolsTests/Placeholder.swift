// Tests of ByteTools.

// Tests of LumberjackCodec.

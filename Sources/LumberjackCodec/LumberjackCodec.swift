// LumberjackCodec

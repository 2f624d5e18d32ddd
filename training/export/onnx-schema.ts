import protobuf from 'protobufjs';

/**
 * The part of ONNX's format that a dense network needs: names, numbers and types of its fields.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (IR version 8).
 */
const schema = `
syntax = "proto2";
message Attribute {
  optional string name = 1; optional float f = 2; optional int64 i = 3; repeated int64 ints = 8;
  repeated bytes strings = 9; optional int32 type = 20;
}
message Node {
  repeated string input = 1; repeated string output = 2; optional string name = 3; optional string op_type = 4;
  repeated Attribute attribute = 5; optional string domain = 7;
}
message Tensor { repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9; }
message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }
message Shape { repeated Dimension dim = 1; }
message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
message Type { optional TensorType tensor_type = 1; }
message ValueInfo { optional string name = 1; optional Type type = 2; optional string doc_string = 3; }
message Graph {
  repeated Node node = 1; optional string name = 2; repeated Tensor initializer = 5; optional string doc_string = 10;
  repeated ValueInfo input = 11; repeated ValueInfo output = 12;
}
message OperatorSet { optional string domain = 1; optional int64 version = 2; }
message Entry { optional string key = 1; optional string value = 2; }
message Model {
  optional int64 ir_version = 1; optional string producer_name = 2; optional string doc_string = 6;
  optional Graph graph = 7; repeated OperatorSet opset_import = 8; repeated Entry metadata_props = 14;
}`;

/** `AttributeProto.AttributeType`. */
export const attributeType = { float: 1, int: 2, ints: 7, strings: 8 } as const;
/** `TensorProto.DataType`. */
export const dataType = { float: 1, int64: 7, string: 8, bool: 9, double: 11 } as const;

export type OnnxModel = Readonly<Record<string, unknown>>;

/** The bytes of a model file. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const type = protobuf.parse(schema, { keepCase: true }).root.lookupType('Model');
  const problem = type.verify(model);
  if (problem !== null) throw new Error(`not an ONNX model: ${problem}`);
  return type.encode(type.create(model)).finish();
}

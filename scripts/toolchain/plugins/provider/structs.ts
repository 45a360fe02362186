import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { PropertyMap } from "./values.ts";

export function fromStruct(message: struct.Struct | undefined): PropertyMap {
  return (message?.toJavaScript() ?? {}) as PropertyMap;
}

export function toStruct(properties: PropertyMap): struct.Struct {
  return struct.Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

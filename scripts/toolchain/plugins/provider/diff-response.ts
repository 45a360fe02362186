import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import { changedPaths, rootProperty } from "./diff.ts";
import type { ResourceSpec } from "./package-spec.ts";
import type { PropertyMap } from "./values.ts";

const { Kind } = rpc.PropertyDiff;
const updateKinds = { add: Kind.ADD, delete: Kind.DELETE, update: Kind.UPDATE };
const replaceKinds = {
  add: Kind.ADD_REPLACE,
  delete: Kind.DELETE_REPLACE,
  update: Kind.UPDATE_REPLACE,
};

/** @param updatable false when every change replaces the resource. */
export function diffResponse(
  type: ResourceSpec,
  updatable: boolean,
  old: PropertyMap,
  next: PropertyMap,
): rpc.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
  const changes = changedPaths(old, next);
  const response = new rpc.DiffResponse();
  response.setChanges(changes.size > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(true);
  for (const [path, change] of changes) {
    const replaces = !updatable || type.inputProperties[rootProperty(path)]?.replaceOnChanges;
    const difference = new rpc.PropertyDiff();
    difference.setKind((replaces ? replaceKinds : updateKinds)[change]);
    response.getDetaileddiffMap().set(path, difference);
    response.addDiffs(path);
    if (replaces) response.addReplaces(path);
  }
  return response;
}

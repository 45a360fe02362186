import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { unary, unimplemented } from "../grpc/serve.ts";
import { checkInputs } from "./check-inputs.ts";
import { diffResponse } from "./diff-response.ts";
import { operate } from "./operation.ts";
import type { ResourceSpec } from "./package-spec.ts";
import type { Provider, Resource } from "./provider.ts";
import { plannedCreation, plannedUpdate, resourceState } from "./resource-state.ts";
import { fromStruct, toStruct } from "./structs.ts";
import { plainMap } from "./values.ts";

/** The methods that check, compare, create, update, read and delete resources, and call functions. */
export function resourceMethods(provider: Provider): UntypedServiceImplementation {
  const { spec } = provider;
  const find = (urn: string) => findResource(provider, urn);
  return {
    check: unary((request: rpc.CheckRequest) => {
      const { resource, type } = find(request.getUrn());
      const inputs = fromStruct(request.getNews());
      const required = type.requiredInputs ?? [];
      const checked = checkInputs(spec, type.inputProperties, required, inputs);
      const { inputs: accepted, failures } = resource.check?.(checked) ?? checked;
      const response = new rpc.CheckResponse();
      response.setInputs(toStruct(accepted));
      response.setFailuresList(failures.map(asFailure));
      return response;
    }),
    diff: unary((request: rpc.DiffRequest) => {
      const { resource, type } = find(request.getUrn());
      const old = fromStruct(request.getOldInputs());
      return diffResponse(type, resource.update !== undefined, old, fromStruct(request.getNews()));
    }),
    create: unary(async (request: rpc.CreateRequest) => {
      const { resource, type } = find(request.getUrn());
      const inputs = fromStruct(request.getProperties());
      const bare = plainMap(inputs);
      const response = new rpc.CreateResponse();
      if (request.getPreview()) {
        const defaults = resource.defaults?.(bare) ?? {};
        response.setProperties(toStruct(plannedCreation(type, inputs, defaults)));
        return response;
      }
      const created = await operate(request.getUrn(), request.getTimeout(), (operation) =>
        resource.create(bare, operation),
      );
      response.setId(created.id);
      response.setProperties(toStruct(resourceState(type, inputs, created.outputs)));
      return response;
    }),
    update: unary(async (request: rpc.UpdateRequest) => {
      const { resource, type } = find(request.getUrn());
      const inputs = fromStruct(request.getNews());
      const state = fromStruct(request.getOlds());
      const response = new rpc.UpdateResponse();
      if (request.getPreview()) {
        response.setProperties(toStruct(plannedUpdate(type, inputs, state)));
        return response;
      }
      const outputs = await operate(request.getUrn(), request.getTimeout(), (operation) => {
        if (!resource.update) throw unimplemented(`Update of ${request.getUrn()}`);
        return resource.update(plainMap(inputs), plainMap(state), operation);
      });
      response.setProperties(toStruct(resourceState(type, inputs, outputs)));
      return response;
    }),
    delete: unary(async (request: rpc.DeleteRequest) => {
      const { resource } = find(request.getUrn());
      const state = plainMap(fromStruct(request.getProperties()));
      await operate(request.getUrn(), request.getTimeout(), (operation) =>
        resource.delete?.(state, operation),
      );
      return new empty.Empty();
    }),
    read: unary((request: rpc.ReadRequest) => {
      find(request.getUrn());
      if (request.getProperties() === undefined) {
        throw unimplemented(
          `${request.getUrn()} cannot be imported: nothing outside the state describes it`,
        );
      }
      const response = new rpc.ReadResponse();
      response.setId(request.getId());
      response.setProperties(request.getProperties());
      response.setInputs(request.getInputs());
      return response;
    }),
    invoke: unary(async (request: rpc.InvokeRequest) => {
      const type = spec.functions?.[request.getTok()];
      const call = provider.functions?.[request.getTok()];
      if (!type || !call) throw unimplemented(`This plugin has no function ${request.getTok()}`);
      const given = fromStruct(request.getArgs());
      const required = type.inputs.required ?? [];
      const { inputs, failures } = checkInputs(spec, type.inputs.properties, required, given);
      const response = new rpc.InvokeResponse();
      if (failures.length > 0) response.setFailuresList(failures.map(asFailure));
      else {
        const bare = plainMap(inputs);
        response.setReturn(toStruct(await operate("", 0, (operation) => call(bare, operation))));
      }
      return response;
    }),
  };
}

function findResource(provider: Provider, urn: string): { resource: Resource; type: ResourceSpec } {
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const resource = provider.resources[token];
  const type = provider.spec.resources[token];
  if (resource && type) return { resource, type };
  const known = Object.keys(provider.resources).join(", ");
  throw unimplemented(
    `This ${provider.spec.name} plugin has no resource ${token}; it has ${known}`,
  );
}

function asFailure({ property, reason }: { property: string; reason: string }): rpc.CheckFailure {
  const failure = new rpc.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}

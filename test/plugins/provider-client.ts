import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { PackageSpec } from "../../scripts/toolchain/plugins/provider/package-spec.ts";
import { fromStruct, toStruct } from "../../scripts/toolchain/plugins/provider/structs.ts";
import type { PropertyMap } from "../../scripts/toolchain/plugins/provider/values.ts";
import { answer, insecure, type PluginProcess, startPlugin } from "./plugin-process.ts";

export interface Difference {
  changes: boolean;
  replaces: string[];
  /** Name of the kind of change, by property path. */
  detailed: Record<string, string>;
}

/** Asks a provider plugin as the engine does. Resources are named by `TOKEN::NAME`. */
export class ProviderClient {
  readonly plugin: PluginProcess;
  readonly #client: providerGrpc.ResourceProviderClient;

  constructor(plugin: PluginProcess) {
    this.plugin = plugin;
    this.#client = new providerGrpc.ResourceProviderClient(plugin.address, insecure);
  }

  static async start(name: string, environment?: Record<string, string>): Promise<ProviderClient> {
    const client = new ProviderClient(await startPlugin(name, environment));
    const request = new rpc.ProviderHandshakeRequest();
    request.setEngineAddress(client.plugin.engine.address);
    await answer((done) => client.#client.handshake(request, done));
    return client;
  }

  async schema(): Promise<PackageSpec> {
    const response = await answer<rpc.GetSchemaResponse>((done) =>
      this.#client.getSchema(new rpc.GetSchemaRequest(), done),
    );
    return JSON.parse(response.getSchema()) as PackageSpec;
  }

  async check(resource: string, inputs: PropertyMap) {
    const request = new rpc.CheckRequest();
    request.setUrn(urn(resource));
    request.setNews(toStruct(inputs));
    const response = await answer<rpc.CheckResponse>((done) => this.#client.check(request, done));
    const failures = response.getFailuresList();
    return {
      inputs: fromStruct(response.getInputs()),
      failures: failures.map((each) => `${each.getProperty()}: ${each.getReason()}`),
    };
  }

  async diff(resource: string, oldInputs: PropertyMap, next: PropertyMap): Promise<Difference> {
    const request = new rpc.DiffRequest();
    request.setUrn(urn(resource));
    request.setOldInputs(toStruct(oldInputs));
    request.setNews(toStruct(next));
    const response = await answer<rpc.DiffResponse>((done) => this.#client.diff(request, done));
    const kinds = Object.entries(rpc.PropertyDiff.Kind);
    const detailed = response.getDetaileddiffMap().toArray() as unknown as [string, number[]][];
    return {
      changes: response.getChanges() === rpc.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: response.getReplacesList(),
      detailed: Object.fromEntries(
        detailed.map(([path]) => {
          const kind = response.getDetaileddiffMap().get(path)?.getKind();
          return [path, kinds.find(([, value]) => value === kind)?.[0] ?? ""];
        }),
      ),
    };
  }

  /** Checks the inputs and creates from what the check returned. */
  async create(resource: string, inputs: PropertyMap, options: Options = {}) {
    const checked = await this.check(resource, inputs);
    if (checked.failures.length > 0) throw new Error(checked.failures.join("; "));
    const request = new rpc.CreateRequest();
    request.setUrn(urn(resource));
    request.setProperties(toStruct(checked.inputs));
    request.setPreview(options.preview ?? false);
    request.setTimeout(options.timeoutSeconds ?? 0);
    const response = await answer<rpc.CreateResponse>((done) => this.#client.create(request, done));
    return {
      id: response.getId(),
      inputs: checked.inputs,
      state: fromStruct(response.getProperties()),
    };
  }

  /** Checks the inputs and updates with what the check returned. */
  async update(
    resource: string,
    state: PropertyMap,
    inputs: PropertyMap,
    options: Options = {},
  ): Promise<PropertyMap> {
    const request = new rpc.UpdateRequest();
    request.setUrn(urn(resource));
    request.setOlds(toStruct(state));
    request.setNews(toStruct((await this.check(resource, inputs)).inputs));
    request.setPreview(options.preview ?? false);
    return fromStruct(
      (
        await answer<rpc.UpdateResponse>((done) => this.#client.update(request, done))
      ).getProperties(),
    );
  }

  async delete(resource: string, state: PropertyMap): Promise<void> {
    const request = new rpc.DeleteRequest();
    request.setUrn(urn(resource));
    request.setProperties(toStruct(state));
    await answer<empty.Empty>((done) => this.#client.delete(request, done));
  }

  async read(resource: string, id: string, state: PropertyMap, inputs: PropertyMap) {
    const request = new rpc.ReadRequest();
    request.setUrn(urn(resource));
    request.setId(id);
    request.setProperties(toStruct(state));
    request.setInputs(toStruct(inputs));
    const response = await answer<rpc.ReadResponse>((done) => this.#client.read(request, done));
    return {
      id: response.getId(),
      state: fromStruct(response.getProperties()),
      inputs: fromStruct(response.getInputs()),
    };
  }

  async invoke(token: string, inputs: PropertyMap): Promise<PropertyMap> {
    const request = new rpc.InvokeRequest();
    request.setTok(token);
    request.setArgs(toStruct(inputs));
    return fromStruct(
      (await answer<rpc.InvokeResponse>((done) => this.#client.invoke(request, done))).getReturn(),
    );
  }

  async cancel(): Promise<void> {
    await answer<empty.Empty>((done) => this.#client.cancel(new empty.Empty(), done));
  }
}

interface Options {
  preview?: boolean;
  timeoutSeconds?: number;
}

/** `TOKEN::NAME` as a resource of a stack. */
export function urn(resource: string): string {
  return `urn:pulumi:test::plugins::${resource}`;
}

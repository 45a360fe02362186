import grpc from "@grpc/grpc-js";
import monitorGrpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import rpc from "@pulumi/pulumi/proto/resource_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

/** The engine's side of a program: takes every resource as it is and gives it a name. */
export class ResourceMonitor {
  /** `TYPE::NAME` of what the program registered. */
  readonly registered: string[] = [];
  readonly #server = new grpc.Server();
  #port = 0;

  static async start(): Promise<ResourceMonitor> {
    const monitor = new ResourceMonitor();
    monitor.#server.addService(monitorGrpc.ResourceMonitorService, {
      supportsFeature(_call: unknown, done: grpc.sendUnaryData<rpc.SupportsFeatureResponse>) {
        done(null, new rpc.SupportsFeatureResponse());
      },
      registerResource(
        {
          request,
        }: grpc.ServerUnaryCall<rpc.RegisterResourceRequest, rpc.RegisterResourceResponse>,
        done: grpc.sendUnaryData<rpc.RegisterResourceResponse>,
      ) {
        const name = `${request.getType()}::${request.getName()}`;
        monitor.registered.push(name);
        const response = new rpc.RegisterResourceResponse();
        response.setUrn(`urn:pulumi:dev::erp::${name}`);
        response.setObject(request.getObject());
        done(null, response);
      },
      registerResourceOutputs(_call: unknown, done: grpc.sendUnaryData<empty.Empty>) {
        done(null, new empty.Empty());
      },
      signalAndWaitForShutdown(_call: unknown, done: grpc.sendUnaryData<empty.Empty>) {
        done(null, new empty.Empty());
      },
    });
    monitor.#port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      monitor.#server.bindAsync("127.0.0.1:0", credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    return monitor;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}

import grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

export interface LoggedMessage {
  severity: number;
  urn: string;
  message: string;
  /** Shown only while the resource is under way. */
  status: boolean;
}

/** The engine's side of a plugin and of a program: keeps every message in the order of its arrival. */
export class EngineRecorder {
  readonly messages: LoggedMessage[] = [];
  readonly #server = new grpc.Server();
  #port = 0;

  static async start(): Promise<EngineRecorder> {
    const recorder = new EngineRecorder();
    recorder.#server.addService(engineGrpc.EngineService, {
      log(
        { request }: grpc.ServerUnaryCall<engine.LogRequest, empty.Empty>,
        answer: grpc.sendUnaryData<empty.Empty>,
      ) {
        recorder.messages.push({
          severity: request.getSeverity(),
          urn: request.getUrn(),
          message: request.getMessage(),
          status: request.getEphemeral(),
        });
        answer(null, new empty.Empty());
      },
      setRootResource(_call: unknown, answer: grpc.sendUnaryData<engine.SetRootResourceResponse>) {
        answer(null, new engine.SetRootResourceResponse());
      },
    });
    recorder.#port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      recorder.#server.bindAsync("127.0.0.1:0", credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    return recorder;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Messages that came with one of the severities INFO, WARNING, ERROR, as text. */
  lines(severity: keyof typeof engine.LogSeverity): string[] {
    const wanted = engine.LogSeverity[severity];
    return this.messages.filter((each) => each.severity === wanted).map((each) => each.message);
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}

import grpc from "@grpc/grpc-js";

/** What the engine itself allows a message to have. */
const maxMessageBytes = 400 * 1024 * 1024;

/** Options of every gRPC channel between a plugin and the engine. */
export const channelOptions: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_send_message_length": maxMessageBytes,
};

/**
 * Serves on a free loopback port and prints the port, which is how the engine learns it.
 * @param busy tells whether work is under way; the process outlives its engine only as long as it is.
 */
export async function serve(
  service: grpc.ServiceDefinition,
  methods: grpc.UntypedServiceImplementation,
  busy: () => boolean,
): Promise<void> {
  const server = new grpc.Server(channelOptions);
  server.addService(service, methods);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  // Before the engine can know of this process, lest it die unseen.
  endWithEngine(busy);
  process.stdout.write(`${port}\n`);
}

/** The engine's address is the last argument, after flags about logs; absent when a plugin is started by hand. */
export function engineAddressArgument(): string {
  const last = process.argv.slice(2).at(-1) ?? "";
  return last.startsWith("-") ? "" : last;
}

/** Turns a promise-returning function into a gRPC method; what it throws is the call's error. */
export function unary<Request, Response>(
  answer: (request: Request) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(asServiceError(error)),
      );
  };
}

/** An error that tells the engine that this plugin does not have the method or the resource type. */
export function unimplemented(message: string): Error {
  return Object.assign(new Error(message), { code: grpc.status.UNIMPLEMENTED });
}

function asServiceError(error: unknown): Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown } | null)?.code;
  return { code: typeof code === "number" ? code : grpc.status.UNKNOWN, details };
}

/** The engine may be killed without a word to its plugins; nothing else would ever end this process. */
function endWithEngine(busy: () => boolean): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine && !busy()) process.exit(0);
  }, 2000).unref();
}

import grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import { engineAddressArgument } from "../grpc/serve.ts";

let address = engineAddressArgument();
let client: engineGrpc.EngineClient | undefined;

/** Says where the engine listens, when that was not the first argument of the process. */
export function setEngineAddress(engineAddress: string): void {
  address ||= engineAddress;
}

/**
 * Shows one message at a resource. Resolves when the engine has it, so that messages keep their order
 * when each is awaited. An engine that is gone is no error: there is nobody left to read.
 * @param status true for a line that only the live progress display shows.
 */
export function logToEngine(
  severity: keyof typeof engine.LogSeverity,
  urn: string,
  message: string,
  status = false,
): Promise<void> {
  if (address === "") return Promise.resolve();
  client ??= new engineGrpc.EngineClient(address, grpc.credentials.createInsecure());
  const request = new engine.LogRequest();
  request.setSeverity(engine.LogSeverity[severity]);
  request.setUrn(urn);
  request.setMessage(message);
  request.setEphemeral(status);
  return new Promise((resolve) => client?.log(request, () => resolve()));
}

import { spawn } from "node:child_process";
import type { handleServerStreamingCall } from "@grpc/grpc-js";
import rpc from "@pulumi/pulumi/proto/language_pb.js";

/** Installs a program's npm packages and passes on what npm says. */
export const installDependencies: handleServerStreamingCall<
  rpc.InstallDependenciesRequest,
  rpc.InstallDependenciesResponse
> = (call) => {
  const directory = call.request.getInfo()?.getProgramDirectory() ?? call.request.getDirectory();
  const npm = spawn("npm", ["install", "--no-audit", "--no-fund"], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  npm.stdout.on("data", (chunk: Buffer) => {
    const response = new rpc.InstallDependenciesResponse();
    response.setStdout(chunk);
    call.write(response);
  });
  npm.stderr.on("data", (chunk: Buffer) => {
    const response = new rpc.InstallDependenciesResponse();
    response.setStderr(chunk);
    call.write(response);
  });
  call.on("cancelled", () => npm.kill());
  npm.on("error", (error) => call.destroy(error));
  npm.on("close", (code) => {
    if (code === 0) call.end();
    else call.destroy(new Error(`npm install in ${directory} ended with status ${code}`));
  });
};

import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import sdk from "@pulumi/pulumi/package.json" with { type: "json" };
import rpcService from "@pulumi/pulumi/proto/language_grpc_pb.js";
import rpc from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { engineAddressArgument, serve, unary } from "../grpc/serve.ts";
import { installDependencies } from "./install-dependencies.ts";
import { installedPackages, requiredPackages } from "./packages.ts";
import { cancelPrograms, isProgramRunning, runProgram } from "./run-program.ts";

/**
 * Serves the methods with which the engine runs a Node.js program.
 * @param compileCache directory in which programs find their compiled code; undefined means none.
 */
export function serveLanguageHost(compileCache: string | undefined): Promise<void> {
  process.on("SIGINT", () => {
    cancelPrograms();
    if (!isProgramRunning()) process.exit(0);
    setInterval(() => isProgramRunning() || process.exit(0), 50);
  });
  return serve(rpcService.LanguageRuntimeService, methods(compileCache), isProgramRunning);
}

function methods(compileCache: string | undefined): UntypedServiceImplementation {
  let engineAddress = engineAddressArgument();
  return {
    handshake: unary((request: rpc.LanguageHandshakeRequest) => {
      engineAddress ||= request.getEngineAddress();
      return new rpc.LanguageHandshakeResponse();
    }),
    run: unary(async (request: rpc.RunRequest) => {
      const { error, bail } = await runProgram(request, engineAddress, compileCache);
      const response = new rpc.RunResponse();
      response.setError(error);
      response.setBail(bail);
      return response;
    }),
    cancel: unary(() => {
      cancelPrograms();
      return new empty.Empty();
    }),
    getRequiredPackages: unary(async (request: rpc.GetRequiredPackagesRequest) => {
      const found = await requiredPackages(request.getInfo()?.getProgramDirectory() ?? "");
      const response = new rpc.GetRequiredPackagesResponse();
      response.setPackagesList(
        found.map(({ name, version }) => {
          const dependency = new plugin.PackageDependency();
          dependency.setName(name);
          dependency.setKind("resource");
          dependency.setVersion(version);
          return dependency;
        }),
      );
      return response;
    }),
    getProgramDependencies: unary(async (request: rpc.GetProgramDependenciesRequest) => {
      const directory = request.getInfo()?.getProgramDirectory() ?? "";
      const found = await installedPackages(directory, request.getTransitivedependencies());
      const response = new rpc.GetProgramDependenciesResponse();
      response.setDependenciesList(
        found.map(({ name, version }) => {
          const dependency = new rpc.DependencyInfo();
          dependency.setName(name);
          dependency.setVersion(version);
          return dependency;
        }),
      );
      return response;
    }),
    getPluginInfo: unary(() => {
      const response = new plugin.PluginInfo();
      response.setVersion(sdk.version);
      return response;
    }),
    about: unary(() => {
      const response = new rpc.AboutResponse();
      response.setExecutable(process.execPath);
      response.setVersion(process.version);
      return response;
    }),
    runtimeOptionsPrompts: unary(() => new rpc.RuntimeOptionsResponse()),
    template: unary(() => new rpc.TemplateResponse()),
    installDependencies,
  };
}

import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { styleText } from "node:util";
import { readCommandLine } from "./command-line.ts";
import { runPulumi } from "./deploy-stack.ts";
import { ensureDocker } from "./ensure-docker.ts";
import { ensurePrograms } from "./ensure-programs.ts";
import { readEnvironment } from "./environment.ts";
import { runScript } from "./failure.ts";
import { buildApp } from "./images/build-app.ts";
import { type Images, resolveImages } from "./images/resolve-images.ts";
import { configureLocalStack, makeLocalStack } from "./local-stack.ts";
import { duration, runSteps } from "./progress.ts";
import { requirePorts } from "./require-ports.ts";
import { ensureToolchain, type Toolchain } from "./toolchain/ensure-toolchain.ts";
import { localStack, root, stackFiles } from "./workspace.ts";

await runScript(async () => {
  readCommandLine({
    usage: "npm run quickstart",
    about: "Brings up the whole system on this machine, as the local stack.",
    elsewhere: (stack) => `npm run pulumi -- up --stack ${stack}`,
  });
  const started = Date.now();
  let toolchain: Toolchain;
  let images: Images;
  let app: string;
  await runSteps("Slipway quickstart", [
    {
      title: "Docker engine",
      run: async (report) => {
        await ensureDocker(report);
        await ensurePrograms(["curl"], report);
      },
    },
    {
      title: "Pulumi CLI and plugins",
      run: async (report) => {
        toolchain = await ensureToolchain(report);
      },
    },
    {
      title: "Images of Postgres, Redis, Traefik and Python",
      run: async (report) => {
        images = await resolveImages(report);
      },
    },
    {
      title: "Image of the example application",
      run: async (report) => {
        app = await buildApp(join(root, "examples/erp"), images.python, report);
      },
    },
    {
      title: "Configuration of the local stack",
      run: async () => {
        await makeLocalStack(toolchain);
        await configureLocalStack(toolchain, images, app);
      },
    },
    { title: "Ports of the local stack", run: requirePorts },
    {
      title: "pulumi up",
      run: (report) => runPulumi(["up"], localStack, toolchain, report),
    },
  ]);
  const { hosts, httpsPort } = readEnvironment(localStack);
  const url = `https://${Object.values(hosts).flat()[0]}:${httpsPort}`;
  const answer = await ask(`${url}/`);
  console.log(`
${styleText("bold", url)} answers after ${duration(started)}: ${answer}
${styleText("dim", `The certificate is signed by ${stackFiles(localStack).authorityFile}; a browser warns until it trusts that.`)}

Next, type for example:
  npm run status                                     look inside (also: npm run logs -- -f)
  npm run pulumi -- config set --path slipway:settings.LOG_LEVEL DEBUG && npm run pulumi -- up
                                                     change something and redeploy
  npm run quickstart:down                            take it all down`);
});

/** Asks as a client does that trusts the local authority. */
function ask(url: string): Promise<string> {
  const ca = readFileSync(stackFiles(localStack).authorityFile);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request(url, { ca, timeout: 10_000 }, (response) => {
    response.setEncoding("utf8");
    let body = "";
    response.on("data", (part: string) => {
      body += part;
    });
    response.on("end", () => resolve(`${response.statusCode} ${body.trim()}`));
  })
    .on("error", reject)
    .end();
  return promise;
}

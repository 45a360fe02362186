import { maintenancePage } from "../components/maintenance-page.ts";
import { type Command, readCommandLine } from "./command-line.ts";
import { listContainers } from "./containers.ts";
import { readEnvironment, runOnHost } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { liveRelease } from "./host-directory.ts";

const command: Command = {
  usage: "npm run maintenance -- on|off [--retry-after SECONDS] [--stack STACK]",
  about: "Puts a page with status 503 before everything that a stack publishes, and takes it away.",
  options: {
    "retry-after": {
      ...{ type: "string", value: "SECONDS", default: "300" },
      about: "when clients are told to come again",
    },
  },
  words: 1,
};

await runScript(async () => {
  const { stack, values, words } = readCommandLine(command);
  const [wanted] = words;
  if (wanted !== "on" && wanted !== "off")
    throw new Failure(`on or off is missing; type: ${command.usage}`);
  const retryAfter = Number(values["retry-after"]);
  if (!Number.isInteger(retryAfter) || retryAfter < 1) {
    throw new Failure(`--retry-after needs a number of seconds; type: ${command.usage}`);
  }
  const environment = readEnvironment(stack);
  const hosts = Object.values(environment.hosts).flat();
  const release = await liveRelease(environment, await listContainers(environment));
  if (!release || hosts.length === 0) {
    throw new Failure(`${stack} publishes nothing; type: npm run pulumi -- up --stack ${stack}`);
  }
  await runOnHost(environment, "maintenance", wanted === "on" ? "apply" : "remove", {
    STACK: stack,
    ...maintenancePage({
      ...{ stack, hosts, retryAfterSeconds: retryAfter, edge: environment.edgeName },
      ...{ address: environment.edgeAddress, httpsPort: environment.httpsPort },
    }),
  });
  console.log(
    wanted === "on"
      ? `${stack} answers 503 with a page on ${hosts.join(", ")}; end it with: npm run maintenance -- off --stack ${stack}`
      : `${stack} serves again`,
  );
});

import { existsSync } from "node:fs";
import { relative } from "node:path";
import { readCommandLine } from "./command-line.ts";
import { ensureDocker } from "./ensure-docker.ts";
import { Failure, runScript } from "./failure.ts";
import { newestServerImages, type ServerImages, writeImages } from "./images/pin-images.ts";
import { resolveImages } from "./images/resolve-images.ts";
import { runSteps } from "./progress.ts";
import { localStack, root, stackFiles } from "./workspace.ts";

await runScript(async () => {
  const { stack } = readCommandLine({
    usage: "npm run images -- [--stack STACK]",
    about:
      "Writes the newest images of Postgres, Redis, Traefik and the helper into a stack's file.",
  });
  const { configFile } = stackFiles(stack);
  const file = relative(root, configFile);
  if (!existsSync(configFile)) {
    throw new Failure(
      stack === localStack
        ? "there is no local stack yet; type: npm run quickstart"
        : `there is no ${file}; make the stack first: npm run pulumi -- stack init ${stack}`,
    );
  }
  let images: ServerImages | undefined;
  await runSteps("Images", [
    { title: "Docker engine", run: ensureDocker },
    {
      title: "newest images of Postgres, Redis, Traefik and the helper",
      run: async (report) => {
        const resolve = async () => {
          const { python: _, ...servers } = await resolveImages(report, { refresh: true });
          return servers;
        };
        images = stack === localStack ? await resolve() : await newestServerImages(report);
      },
    },
  ]);
  if (!images) return;
  const changed = writeImages(configFile, images);
  if (changed.length === 0) {
    console.log(`${file} names the newest images already.`);
    return;
  }
  for (const name of changed) console.log(`${name.padEnd(10)}${images[name]}`);
  console.log(
    `${file} is written; commit it, and what it changes shows with: npm run pulumi -- preview --stack ${stack}`,
  );
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { runScript } from "../../failure.ts";
import { OwnEngine } from "./own-engine.ts";

// Runs in a network namespace of its own, started by prove-engine.ts. Usage: inside.ts DIRECTORY
const [, , directory = ""] = process.argv;
const file = (name: string) => join(directory, name);

await runScript(async () => {
  await execa("ip", ["link", "set", "lo", "up"]);
  const engine = new OwnEngine(directory);
  await engine.start();
  try {
    // Modules read it when they are loaded, as they do the stack's name.
    process.env.DOCKER_HOST = engine.address;
    await execa("docker", ["image", "load", "--input", file("images.tar")]);
    const { prove } = await import("../prove.ts");
    const { proveEngineRestarts } = await import("./engine-restarts.ts");
    const { balanceProblems } = await import("../verdict.ts");
    const { within } = await import("../exchanges.ts");
    const scenario = {
      part: "engine" as const,
      title: "A Docker engine that restarts in the middle",
      run: (stage: Parameters<typeof proveEngineRestarts>[0]) => proveEngineRestarts(stage, engine),
    };
    const { pace, present } = JSON.parse(readFileSync(file("given.json"), "utf8"));
    const proof = await prove([scenario], { seed: 1, pace, present });
    const trials = proof.trials.map((trial) => ({
      ...trial,
      seen: within(proof.exchanges, trial),
    }));
    writeFileSync(
      file("result.json"),
      JSON.stringify({ trials, problems: balanceProblems(proof) }),
    );
  } finally {
    await engine.stop();
  }
});

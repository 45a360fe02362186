import { execa } from "execa";
import { type RepositorySettings, repositoryStackShape } from "../infra/schema/repository.ts";
import { readConfiguration } from "./environment.ts";
import { Failure } from "./failure.ts";
import type { Toolchain } from "./toolchain/ensure-toolchain.ts";
import { root, githubStack as stack, stackEnvironment } from "./workspace.ts";

/** The settings of the stack `github`, its token opened; the CLI alone can do that. Fails with one line. */
export async function configuredRepository(toolchain: Toolchain): Promise<RepositorySettings> {
  readConfiguration(stack);
  const words = ["config", "get", "slipway:repository", "--non-interactive", "--color", "never"];
  const { failed, stdout, stderr } = await execa("pulumi", words, {
    ...{ cwd: root, env: stackEnvironment(stack, toolchain), reject: false },
  });
  if (failed) throw new Failure(stderr.trim().split("\n").at(-1) ?? "pulumi config failed");
  const { data } = repositoryStackShape.safeParse({ repository: JSON.parse(stdout) });
  if (data) return data.repository;
  throw new Failure(
    `the configuration of ${stack} has mistakes; to see them type: npm run pulumi -- preview --stack ${stack}`,
  );
}

import type { Document } from "yaml";
import type { PreparedVps } from "../../scripts/vps/prepared-vps.ts";
import type { TestStack } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

/** The stack of `makeTinyStack` on a server, which gets its images from this machine. */
export async function makeVpsStack(
  vps: PreparedVps,
  app: string,
  change: (config: Document) => void = () => {},
): Promise<TestStack> {
  const { privateKey, ...host } = vps.host;
  const stack = await makeTinyStack(app, (config) => {
    config.setIn(["config", "slipway:host"], config.createNode(host));
    config.setIn(["config", "slipway:transport"], "copy");
    const edge = { address: "0.0.0.0", httpPort: 80, httpsPort: 443 };
    for (const [key, value] of Object.entries(edge))
      config.setIn(["config", "slipway:edge", key], value);
    change(config);
  });
  stack.httpsPort = vps.httpsPort;
  const setting = stack.pulumi("config", "set", "--secret", "--path", "slipway:host.privateKey");
  setting.stdin.end(privateKey);
  const { failed, all } = await setting;
  if (failed) throw new Error(all);
  return stack;
}

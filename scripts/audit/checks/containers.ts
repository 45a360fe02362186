import { type ContainerLimits, containerDrift } from "../container-drift.ts";
import { type DeployedContainer, labelOf } from "../deployed.ts";
import type { Difference } from "../difference.ts";
import type { Evidence } from "../evidence.ts";
import type { Check } from "../finding.ts";
import { healsOf } from "../heal.ts";
import type { InspectedContainer } from "../host-look.ts";
import { limitsOf } from "../process-limits.ts";

/** Every container that the state knows, as the engine has it: what the plugin reads is compared as well as what it does not. */
export const containers: Check = {
  kind: "container",
  find(evidence) {
    const { deployed, host } = evidence;
    const limits = limitsOf(deployed);
    return deployed.containers.flatMap(({ urn, id, inputs }) => {
      const found = host.containers.find(({ Id }) => Id === id);
      // One that is gone the engine has missed already.
      if (!found) return [];
      const { "slipway.release": release, "slipway.role": role } = found.Config.Labels;
      const isLive = release === undefined || release === host.marker;
      const expected: ContainerLimits = {
        shouldRun: isLive,
        processes: isLive ? limits.get(id) : undefined,
        cpuShares: release !== undefined && isLive ? 1024 : undefined,
        // Every environment that is reached by it has one.
        alsoOn: role === "edge" ? /^slipway-.+-edge$/ : undefined,
      };
      const image = host.images.get(found.Image);
      return containerDrift(inputs, found, { image, references: host.references }, expected).map(
        (difference) => ({
          severity: "drift",
          what: `${labelOf(urn)}: ${difference.what}`,
          expected: difference.expected,
          found: difference.found,
          type: healOf(difference, found, { urn, inputs }, evidence),
          subject: `${urn} ${difference.property}`,
        }),
      );
    });
  },
};

/** What cannot be changed in a container takes another one. */
function healOf(
  { property, command }: Difference,
  { Name }: InspectedContainer,
  { urn, inputs }: Pick<DeployedContainer, "urn" | "inputs">,
  { environment }: Evidence,
): string {
  const { onHost, refresh, replace } = healsOf(environment);
  const name = Name.slice(1);
  if (command) return onHost(command(name));
  // The edge is started by a script, and the engine does not care.
  if (property === "mustRun" && inputs.mustRun === false) return onHost(`docker start ${name}`);
  return ["mustRun", "restart", "memory", "memorySwap", "cpus"].includes(property)
    ? refresh
    : replace(urn);
}

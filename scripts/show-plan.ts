import { readCommandLine } from "./command-line.ts";
import { Failure, runScript } from "./failure.ts";
import { describePlan } from "./plan/describe-plan.ts";
import { makePlan } from "./plan/make-plan.ts";

await runScript(async () => {
  const { stack, values } = readCommandLine({
    usage: "npm run plan -- [--expect HASH] [--json] [--stack STACK]",
    about: "Says what a deploy would change, without a look at the host, and a hash of it.",
    options: {
      expect: {
        ...{ type: "string", value: "HASH" },
        about: "fail when the plan is another one than that which was approved",
      },
      json: { type: "boolean", about: "print the plan as JSON" },
    },
  });
  const plan = await makePlan(stack);
  console.log(values.json ? JSON.stringify(plan, null, 2) : describePlan(stack, plan));
  if (values.expect && values.expect !== plan.hash) {
    throw new Failure(
      `plan ${values.expect} of ${stack} was approved, and this is ${plan.hash}: nothing was changed; look at it, and approve it anew`,
    );
  }
});

import { readCommandLine } from "./command-line.ts";
import { runScript } from "./failure.ts";
import { describePlan } from "./plan/describe-plan.ts";
import { makePlan } from "./plan/make-plan.ts";
import { requireApproved } from "./plan/require-approved.ts";

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
  if (typeof values.expect === "string") requireApproved(stack, plan, values.expect);
});

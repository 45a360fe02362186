import { join } from "node:path";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker } from "../../throw-away.ts";

/** The image of app.py. The engine keeps it: it is made once. */
export async function edgeApp(): Promise<string> {
  const { python } = await resolveImages({ detail: () => {}, note: console.info });
  const container = await docker("create", python, "true");
  try {
    await docker("cp", join(import.meta.dirname, "app.py"), `${container}:/app.py`);
    const change = 'CMD ["python3", "-u", "/app.py"]';
    return await docker("commit", "--change", change, container, "slipway-test:edge");
  } finally {
    await docker("rm", container);
  }
}

import { docker } from "../../throw-away.ts";

/** What may become of a file in a repository: shell, the file is `$each`. */
export const damages = {
  missing: 'rm "$each"',
  truncated: 'truncate --size 100 "$each"',
  empty: 'truncate --size 0 "$each"',
  replaced: 'printf damage | dd of="$each" bs=1 seek=64 conv=notrunc status=none',
};

/** Files of the sets that are larger than what says what is in them. */
export const bundles = "backup -path '*/bundle/*' -size +99k";

/** Damages what `find` finds by these words in the repository of the host, as a shell of its server's container does it. */
export function damageScript(files: string, damage: string): string {
  return `cd /var/lib/pgbackrest; for each in $(find ${files}); do cp --parents "$each" saved; ${damage}; done`;
}

export async function inRepository(server: string, script: string): Promise<string> {
  return docker("exec", server, "sh", "-euc", `cd /var/lib/pgbackrest; ${script}`);
}

/** Makes the place for what is damaged. */
export const prepareDamage = "mkdir saved";

/** Puts back what was damaged, and prints what that was, a line each. */
export const repairScript = "find saved -type f; cp --recursive saved/. .; rm -r saved";

import type { Migration } from "./schema/application.ts";

const script = "/run/slipway/bin/pending-alembic.py";

/** The command that prints the newest migrations of an image, where that is Alembic's own; undefined elsewhere. */
export function headsCommand({
  command,
  pending,
}: Pick<Migration, "command" | "pending">): string[] | undefined {
  if (pending || !pendingCommand({ command })) return undefined;
  return [...command.slice(0, command.indexOf("upgrade")), "heads"];
}

/**
 * The command that prints pending migrations: the one that is configured, or for `alembic upgrade` a script of ours, by
 * the Python and with the options that Alembic is run with. Undefined where nobody can know it.
 */
export function pendingCommand({
  command,
  pending,
}: Pick<Migration, "command" | "pending">): string[] | undefined {
  if (pending) return pending;
  const at = command.indexOf("upgrade");
  if (at < 0) return undefined;
  const [program = "", ...options] = command.slice(0, at);
  const [, directory] = /^(|.*\/)alembic$/.exec(program) ?? [];
  if (directory !== undefined) return [`${directory}python3`, script, ...options];
  const isModule =
    /(^|\/)python[\d.]*$/.test(program) && options.slice(0, 2).join(" ") === "-m alembic";
  return isModule ? [program, script, ...options.slice(2)] : undefined;
}

import type { RepositoryAccess } from "./repository-access.ts";

export interface EscrowFile extends RepositoryAccess {
  stack: string;
  at: Date;
  fingerprint: string;
  /** The image of the server that wrote the backups, as its configuration names it. */
  postgresImage: string;
}

const delimiter = "END_OF_ESCROWED_FILE";

/**
 * A shell script that writes what reads the repositories into a directory, and says before that how to restore with no
 * more than Postgres and pgBackRest.
 */
export function escrowFile({ stack, at, files, passwordSecret, ...about }: EscrowFile): string {
  const where = about.isOffsite
    ? `Repository 2 is outside of the server; repository 1 is the volume slipway-${stack}-backups on it.`
    : `The only repository is the volume slipway-${stack}-backups on the server: without its disk this file opens nothing.`;
  const isArchived = files.some(({ name }) => name === "pgbackrest.conf");
  const how = isArchived ? byPgbackrest : byRestic;
  return `#!/bin/sh
# Keys and configuration of the backups of ${stack}, written at ${at.toISOString()}.
# Fingerprint: ${about.fingerprint}
#
# Whoever has this file and reaches a repository has all data of ${stack}. Keep it where neither the server nor its
# repository is, for example in a password manager. Write it anew when the repository's address, credentials or keys
# change: npm run escrow -- --stack ${stack}
#
# ${where}
#
# With Slipway, its repository, the state and the passphrase:
#
#   ${isArchived ? `npm run rebuild -- --stack ${stack} --host NEW` : `npm run restore -- --stack ${stack}`}
#
${how(stack, about)}
set -eu
umask 077
directory=\${1:?the directory is missing; type: sh $0 DIRECTORY}
mkdir -p "$directory"
${files.map(({ name, content }) => hereDocument(name, content)).join("\n")}
${hereDocument("password-secret", `${passwordSecret}\n`)}
`;
}

function byPgbackrest(
  stack: string,
  { isOffsite, postgresImage }: Pick<EscrowFile, "isOffsite" | "postgresImage">,
): string {
  const option = isOffsite ? " --repo=2" : "";
  return `# With nothing of that, on a machine with the same major version of Postgres (${postgresImage})
# and pgBackRest 2.55 or newer, as root:${beforeThat(isOffsite)}
#
#   sh ${scriptName(stack)} /etc/pgbackrest && chown -R postgres: /etc/pgbackrest
#   su postgres -c 'pgbackrest info'
#   su postgres -c 'pgbackrest --stanza=STANZA${option} --pg1-path=DIRECTORY --archive-mode=off restore'
#   su postgres -c 'postgres -D DIRECTORY -c hba_file=DIRECTORY/pg_hba.conf'
#
# STANZA is what info names, the one with the newest backup when there are several. DIRECTORY is new and empty. Without
# further options all is restored that was archived; --type=time --target="2026-05-04 12:00:00+00" stops before. In
# production of Slipway the data then go as a dump: npm run psql.`;
}

/** Postgres is somebody else's, and has been dumped. */
function byRestic(
  stack: string,
  { isOffsite, postgresImage }: Pick<EscrowFile, "isOffsite" | "postgresImage">,
): string {
  return `# With nothing of that, on a machine with restic and the programs of Postgres (${postgresImage}), as root:${beforeThat(isOffsite)}
#
#   sh ${scriptName(stack)} /etc/pgbackrest
#   . /etc/pgbackrest/files-${isOffsite ? 2 : 1}.sh
#   restic $options snapshots --path /files/dump
#   restic $options dump --path /files/dump latest /files/dump/database.dump >database.dump
#   pg_restore --no-owner --no-privileges --exit-on-error --dbname=URL database.dump
#
# URL is of a new and empty database. An id that snapshots names, in the place of latest, is an older dump.`;
}

function beforeThat(isOffsite: boolean): string {
  return isOffsite
    ? ""
    : `
# Before that, put the content of the volume into /var/lib/pgbackrest.`;
}

export function scriptName(stack: string): string {
  return `slipway-${stack}-escrow.sh`;
}

/** Reads the files back, by name. Undefined for a text that is no such script. */
export function escrowedFiles(text: string): Map<string, string> | undefined {
  const documents = new RegExp(
    `^cat >"\\$directory/([\\w.-]+)" <<'${delimiter}'\\n([^]*?)^${delimiter}$`,
    "gm",
  );
  const files = [...text.matchAll(documents)].map(([, name = "", content = ""]) => ({
    ...{ name, content },
  }));
  if (files.length === 0) return;
  return new Map(files.map(({ name, content }) => [name, content]));
}

function hereDocument(name: string, content: string): string {
  const text = content.endsWith("\n") ? content : `${content}\n`;
  return `cat >"$directory/${name}" <<'${delimiter}'\n${text}${delimiter}`;
}

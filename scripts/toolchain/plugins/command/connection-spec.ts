import type { ObjectSpec, PropertySpec } from "../provider/package-spec.ts";

const endpoint: Record<string, PropertySpec> = {
  agentSocketPath: {
    type: "string",
    description: "Socket of an SSH agent. Defaults to SSH_AUTH_SOCK.",
  },
  dialErrorLimit: {
    type: "integer",
    default: 10,
    description: "Failed attempts before giving up; -1 means never.",
  },
  host: { type: "string", description: "Name or address." },
  hostKey: {
    type: "string",
    description: "Public key of the host, as in authorized_keys. Without it any key is accepted.",
  },
  password: { type: "string", secret: true, description: "Password of the user." },
  perDialTimeout: {
    type: "integer",
    default: 15,
    description: "Seconds for one attempt; 0 means no limit.",
  },
  port: { type: "number", default: 22, description: "TCP port." },
  privateKey: {
    type: "string",
    secret: true,
    description: "Private key in OpenSSH or PEM format; tried before the password.",
  },
  privateKeyPassword: { type: "string", secret: true, description: "Opens the private key." },
  user: { type: "string", default: "root", description: "User on the host." },
};

/** How a remote command reaches its host, directly or through another one. */
export const connectionTypes: Record<string, ObjectSpec> = {
  "command:remote:Connection": {
    type: "object",
    description: "An SSH server.",
    properties: {
      ...endpoint,
      proxy: {
        $ref: "#/types/command:remote:ProxyConnection",
        description: "An SSH server to go through.",
      },
    },
    required: ["host"],
  },
  "command:remote:ProxyConnection": {
    type: "object",
    description: "An SSH server to go through.",
    properties: endpoint,
    required: ["host"],
  },
};

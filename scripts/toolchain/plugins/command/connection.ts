/** How to reach an SSH server, with the schema's defaults filled in. */
export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  /** Public key of the server, as in authorized_keys. */
  hostKey?: string;
  /** Failed attempts before giving up; -1 means never. */
  dialErrorLimit: number;
  /** Seconds for one attempt; 0 means no limit. */
  perDialTimeout: number;
}

export interface Connection extends Endpoint {
  /** Another server to go through. */
  proxy?: Endpoint;
}

export interface TestServer {
  /** With a superuser's rights. */
  readonly url: string;
  readonly port: number;
  /** The process id of the server itself. */
  readonly pid: number;
  stop(): Promise<void>;
  /** SIGKILL. Its files stay. */
  kill(): Promise<void>;
  /** Postgres only: `pg_ctl stop -m immediate`, so without a checkpoint. Resolves when it was told; it needs a moment. */
  stopImmediately(): Promise<void>;
}

export interface TestServerOptions {
  /** Where its files are; without it, a folder that goes with the server. */
  readonly home?: string;
}

export function startServer(kind: 'postgres' | 'redis', options?: TestServerOptions): Promise<TestServer>;

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../../support/eventually.js';
import { startServer, type TestServer } from '../../../support/servers/start-server.cjs';
import { FaultProxy } from './fault-proxy.js';

/** A real server behind a {@link FaultProxy} that may go down and come back at the same address with the same files. */
export class FaultyServer {
  private readonly branches: FaultProxy[] = [];

  private constructor(
    readonly kind: 'postgres' | 'redis',
    private readonly home: string,
    private server: TestServer,
    readonly proxy: FaultProxy,
  ) {}

  static async start(kind: 'postgres' | 'redis'): Promise<FaultyServer> {
    const home = await mkdtemp(path.join(tmpdir(), `ledger-faults-${kind}-`));
    const server = await startServer(kind, { home });
    return new FaultyServer(kind, home, server, await FaultProxy.start(server.port));
  }

  /** The URL for the ledger. */
  get url(): string {
    const url = new URL(this.server.url);
    url.port = String(this.proxy.port);
    return url.href;
  }

  /** Opens a second way in, for faults that only one process is to feel. {@link restore} closes it. */
  async branch(): Promise<FaultProxy> {
    const branch = await FaultProxy.start(this.server.port);
    this.branches.push(branch);
    return branch;
  }

  /** Bypasses the proxy, for the harness itself. It changes with each restart. */
  get directUrl(): string {
    return this.server.url;
  }

  get pid(): number {
    return this.server.pid;
  }

  /** Sends SIGKILL. */
  async kill(): Promise<void> {
    await this.goDown(() => this.server.kill());
  }

  /** Does what `pg_ctl stop -m immediate` does. */
  async stopImmediately(): Promise<void> {
    await this.goDown(() => this.server.stopImmediately());
  }

  /** Restarts after {@link kill} or {@link stopImmediately}. A Postgres recovers first, and a Redis comes back empty. */
  async restart(): Promise<void> {
    this.server = await startServer(this.kind, { home: this.home });
    this.proxy.target(this.server.port);
    await this.proxy.pass();
  }

  /** Restores the state that a row expects, whatever the previous row left. */
  async restore(): Promise<void> {
    this.proxy.tap(null);
    await Promise.all(this.branches.splice(0).map((branch) => branch.close()));
    if (isAlive(this.pid)) await this.proxy.pass();
    else await this.restart();
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.server.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  private async goDown(end: () => Promise<void>): Promise<void> {
    const { pid } = this;
    await end();
    await eventually(() => !isAlive(pid));
    // The server's own end disconnects its clients, and the proxy refuses new connections.
    await this.proxy.refuse();
  }
}

/** False when the process does not exist, or is a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    // There is no such file except on Linux.
    return true;
  }
}

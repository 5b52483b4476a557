import { connect, createServer } from 'node:net';
import { ConfigurationError } from '../infra/config/index.js';

/** The environment variable that sets the port. */
export type PortVariable = 'PORT' | 'METRICS_PORT';

/** On loopback the answer takes a millisecond; a firewall may swallow the probe. */
const PROBE_TIMEOUT_MS = 1000;

/**
 * Checks the port early, so that a taken one is reported at once and not after a database has been set up. It connects to the port instead
 * of briefly listening on it: during a restart, clients of the previous process would connect and be cut. `listen` reports what this check
 * cannot find.
 * @throws ConfigurationError when the port is taken, or `host` is not an address of this machine.
 */
export async function assertPortFree(
  port: number,
  host: string,
  variable: PortVariable = 'PORT',
): Promise<void> {
  await assertOwnAddress(host, port, variable);
  if (port !== 0 && (await answers(port, host))) throw portTaken(port, variable);
}

/** Listens on a random free port, which no client knows. */
async function assertOwnAddress(host: string, wantedPort: number, variable: PortVariable): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(portError(error, wantedPort, variable)));
    server.listen(0, host, () => server.close(() => resolve()));
  });
}

async function answers(port: number, host: string): Promise<boolean> {
  const socket = connect({ port, host, timeout: PROBE_TIMEOUT_MS });
  const answered = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('timeout', () => resolve(false));
  });
  socket.destroy();
  return answered;
}

/** Turns known errors of `listen` into a sentence. */
export function portError(
  error: NodeJS.ErrnoException,
  port: number,
  variable: PortVariable = 'PORT',
): Error {
  if (error.code === 'EADDRINUSE') return portTaken(port, variable);
  if (error.code === 'EACCES') {
    return new ConfigurationError(
      `Port ${port} needs more rights than this user has; choose one above 1023 with ${variable}.`,
    );
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new ConfigurationError(
      `HOST is not an address of this machine; choose one that is, or 0.0.0.0 for all.`,
    );
  }
  return error;
}

function portTaken(port: number, variable: PortVariable): ConfigurationError {
  const other = port === 65_535 ? 8000 : port + 1;
  return new ConfigurationError(
    `Port ${port} is taken; stop what listens there, or choose another, for example ${variable}=${other} npm start.`,
  );
}

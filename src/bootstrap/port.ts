import { createServer } from 'node:net';
import { ConfigurationError } from '../infra/config/index.js';

/** Looked at first, so that a taken port is said at once and not after a database has been set up. */
export async function assertPortFree(port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(portError(error, port)));
    server.listen(port, host, () => server.close(() => resolve()));
  });
}

/** What went wrong with listening, as a sentence where there is one. */
export function portError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new ConfigurationError(
      `Port ${port} is taken; stop what listens there, or choose another, for example PORT=${port === 65_535 ? 8000 : port + 1} npm start.`,
    );
  }
  if (error.code === 'EACCES') {
    return new ConfigurationError(
      `Port ${port} needs more rights than this user has; choose one above 1023 with PORT.`,
    );
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new ConfigurationError(
      `HOST is not an address of this machine; choose one that is, or 0.0.0.0 for all.`,
    );
  }
  return error;
}

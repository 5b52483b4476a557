import type { AddressInfo, Server } from 'node:net';
import { portError } from './port.js';

/**
 * Resolves with where the server listens.
 * @throws ConfigurationError when the port is taken, or otherwise not to be had.
 */
export async function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: Error) => reject(portError(error, port));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
  return server.address() as AddressInfo;
}

import type { AddressInfo, Server } from 'node:net';
import { portError, type PortVariable } from './port.js';

/**
 * Resolves with the address that the server listens on.
 * @throws ConfigurationError when the port is taken or otherwise unavailable.
 */
export async function listen(
  server: Server,
  port: number,
  host: string,
  variable: PortVariable = 'PORT',
): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: Error) => reject(portError(error, port, variable));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
  return server.address() as AddressInfo;
}

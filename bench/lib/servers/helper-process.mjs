/**
 * The other end of `helper.mjs`: reports that this process is ready, and answers the parent's calls. It ends when the parent does, for
 * whatever reason.
 *
 * @param {unknown} facts facts for the parent.
 * @param {Record<string, (params: any) => unknown>} [methods]
 */
export function beHelper(facts, methods = {}) {
  // Ctrl-C reaches the whole process group, but the parent decides the order.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(0));
  process.on('message', async ({ id, method, params }) => {
    try {
      process.send({ id, result: await methods[method](params) });
    } catch (error) {
      process.send({ id, error: error.message });
    }
  });
  process.send(facts);
}

/** @param {import('node:http').Server} server @returns {Promise<string>} its address, on a free port. */
export function listen(server) {
  // The benchmark's pause between two rounds must not close the connections.
  server.keepAliveTimeout = 0;
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}

/**
 * A Ctrl-C goes to every process of the terminal, and a service manager may signal all that it started. The supervisor
 * alone answers: it closes the port first, tells each process to leave, and stops the embedded server last. Imported
 * first, so that no moment of the start is without it.
 */
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

/**
 * Ctrl-C reaches every process of the terminal, and a service manager may signal all processes that it started. Only the supervisor reacts:
 * it closes the port first, tells each process to leave, and stops the embedded server last. Imported first, so that the signals are
 * ignored from the very start.
 */
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

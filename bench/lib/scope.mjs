/**
 * Closes what was opened, in reverse order. Each scenario has its own scope below that of the whole run, so
 * that what it started does not take processor time from the next one.
 */
export class Scope {
  #closers = [];
  #closing = null;

  /** @param {() => unknown} close is called at once if the scope is already closed, because a signal may arrive during a start. */
  async defer(close) {
    if (this.#closing === null) {
      this.#closers.push(close);
      return;
    }
    await close();
    throw new Error('Interrupted.');
  }

  /**
   * @template T
   * @param {(scope: Scope) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async within(work) {
    const inner = new Scope();
    await this.defer(() => inner.close());
    try {
      return await work(inner);
    } finally {
      await inner.close();
    }
  }

  /**
   * Never rejects, because a failure to close one thing must not keep the rest open. After an interruption two callers close it,
   * and both wait until everything is closed.
   */
  close() {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll() {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        console.error(`While cleaning up: ${error.message}`);
      }
    }
  }
}

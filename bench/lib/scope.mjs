/**
 * Closes again what was opened, in the opposite order. A scenario has a scope of its own below the whole run's, so
 * that what it started does not take the processor from the next one.
 */
export class Scope {
  #closers = [];
  #closing = null;

  /** @param {() => unknown} close is called at once if the scope is closed already: a signal may come in mid-start. */
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
   * Never rejects: what fails to close must not keep the rest open. After an interruption two ask for it, and both
   * have to wait until all is closed.
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

import { type ApiPromise, type CallOptions, path, type Transport } from '../../core/index.js';
import type { Version, VersionSummary } from '../../wire/index.js';

/** The immutable contents of prompts. */
export class VersionsResource {
  constructor(private readonly transport: Transport) {}

  /** Newest first. */
  list(promptName: string, options?: CallOptions): ApiPromise<readonly VersionSummary[]> {
    return this.transport.get(path`/v1/prompts/${promptName}/versions`, undefined, options);
  }

  /** @throws NotFoundError `PROMPT_NOT_FOUND` or `VERSION_NOT_FOUND` */
  get(promptName: string, version: number, options?: CallOptions): ApiPromise<Version> {
    return this.transport.get(path`/v1/prompts/${promptName}/versions/${version}`, undefined, options);
  }

  /** Also works for a deleted prompt. */
  getById(versionId: string, options?: CallOptions): ApiPromise<Version> {
    return this.transport.get(path`/v1/versions/${versionId}`, undefined, options);
  }
}

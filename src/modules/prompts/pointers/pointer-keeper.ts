import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PromptNotFoundError } from '../errors.js';
import { PromptsRepository } from '../prompts.repository.js';
import { EnvironmentRulesRepository } from './environment-rules.repository.js';
import {
  type HeldPointer,
  HeldPointersRepository,
  type Stay,
  type WantedPointer,
} from './held-pointers.repository.js';

/** A pointer, and the name of its prompt. */
export type NamedPointer = WantedPointer & { readonly name: string };

/**
 * Holds a pointer while a caller decides what runs beside its version, and notifies every process of the decision. It locks the rules of
 * the environment and then the prompt, before the caller locks what it decides on.
 */
@Injectable()
export class PointerKeeper {
  constructor(
    private readonly rules: EnvironmentRulesRepository,
    private readonly prompts: PromptsRepository,
    private readonly pointers: HeldPointersRepository,
  ) {}

  /** Waits for a concurrent move. @throws PromptNotFoundError `PROMPT_NOT_FOUND` for a prompt that is deleted. */
  async hold(tx: EntityManager, pointer: NamedPointer): Promise<HeldPointer> {
    const { projectId, promptId, environment, name } = pointer;
    await this.rules.hold(tx, projectId, environment);
    if (!(await this.prompts.lockById(tx, projectId, promptId))) throw new PromptNotFoundError(name);
    return this.pointers.read(tx, pointer);
  }

  /**
   * Does not wait, for a transaction that has already locked what it decides on.
   * @returns null when the pointer is being moved, or the prompt is deleted.
   */
  async tryHold(tx: EntityManager, pointer: WantedPointer): Promise<HeldPointer | null> {
    return (await this.pointers.tryLock(tx, pointer)) ? this.pointers.read(tx, pointer) : null;
  }

  /**
   * Gives the prompt its next revision, so that no new execution starts from what was cached before. Must be the last statement of its
   * transaction. @returns the revision, for `RegistryWatch.apply` after the commit.
   */
  async renew(
    tx: EntityManager,
    { projectId, promptId }: Pick<WantedPointer, 'projectId' | 'promptId'>,
  ): Promise<number> {
    return this.prompts.takeRevision(tx, { projectId, promptId }, null);
  }

  /** Like {@link renew}, and records among the prompt's moves that the pointer stayed, and why. */
  async stay(tx: EntityManager, stay: Omit<Stay, 'revision'>): Promise<number> {
    const revision = await this.renew(tx, stay);
    await this.pointers.insertStay(tx, { ...stay, revision });
    return revision;
  }
}

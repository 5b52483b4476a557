import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../auth/index.js';
import { PointerMover } from '../prompts/index.js';
import { RolloutTransitions } from '../rollouts/index.js';
import type { ChangeRecord } from './changes.repository.js';

/** Why a change is applied, for the history of its effects. */
interface Reason {
  readonly reason: string;
  readonly emergency: boolean;
}

/** Carries out changes: moves a pointer, or starts a rollout. */
@Injectable()
export class ChangeEffects {
  constructor(
    private readonly pointers: PointerMover,
    private readonly rollouts: RolloutTransitions,
  ) {}

  /** Holds the rules of an environment unchanged until the transaction ends. Call it before any lock on a prompt. */
  async holdRules(tx: EntityManager, projectId: string, environment: string): Promise<void> {
    await this.pointers.holdRules(tx, projectId, environment);
  }

  /** Must be the last statements of the transaction. @returns the revision that it took. */
  async bringAbout(tx: EntityManager, caller: Caller, change: ChangeRecord, why: Reason): Promise<number> {
    const { promptId, promptName: name, environment, changeId, fromVersionId, toVersionId } = change;
    if (change.rolloutId !== null) {
      const options = { reason: why.reason, changeId };
      const started = await this.rollouts.act(tx, caller, change.rolloutId, 'start', options);
      if (started.revision === null) throw new Error('a draft under lock was found started');
      return started.revision;
    }
    const prompt = { projectId: caller.projectId, promptId, name };
    const { outcome, revision } = await this.pointers.moveEnvironmentPointer(
      tx,
      caller,
      prompt,
      environment,
      toVersionId,
      { ...why, changeId, ifAt: fromVersionId },
    );
    if (revision === null) throw new Error(`a pointer under lock was found ${outcome}`);
    return revision;
  }
}
